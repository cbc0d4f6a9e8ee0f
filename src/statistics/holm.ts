// What chance does to many comparisons: of twenty without any difference one looks like one. Holm 1979, which is never
// weaker than Bonferroni and assumes nothing about how the comparisons hang together.

/** The adjusted p-values, in the order of `pValues`: at most 0.05 where a difference counts among all of them. */
export function holm(pValues: readonly number[]): number[] {
  const order = pValues.map((_, at) => at).sort((a, b) => pValues[a]! - pValues[b]!);
  const adjusted = new Array<number>(pValues.length);
  let least = 0;
  for (const [rank, at] of order.entries()) {
    least = Math.max(least, Math.min(1, (pValues.length - rank) * pValues[at]!));
    adjusted[at] = least;
  }
  return adjusted;
}
