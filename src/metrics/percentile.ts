/** The value below which a share of the numbers lies, between neighbours linearly as numpy's percentile. Sorts them. */
export function percentile(values: Float64Array, share: number): number {
  values.sort();
  const at = share * (values.length - 1);
  const below = Math.floor(at);
  const lower = values[below]!;
  const upper = values[Math.min(below + 1, values.length - 1)]!;
  return lower + (at - below) * (upper - lower);
}
