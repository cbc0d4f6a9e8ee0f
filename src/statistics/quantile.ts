/**
 * The value below which a share of sorted numbers lies, linear between neighbours: numpy's `quantile`. NaN where there is
 * no number.
 */
export function quantileOfSorted(sorted: ArrayLike<number>, share: number): number {
  const place = share * (sorted.length - 1);
  const [lower, upper] = [sorted[Math.floor(place)], sorted[Math.ceil(place)]];
  if (lower === undefined || upper === undefined) return Number.NaN;
  // Two infinities have no difference.
  return lower === upper ? lower : lower + (upper - lower) * (place - Math.floor(place));
}
