// Spearman's rank correlation: the correlation of ranks, equal values sharing their mean rank. Its interval by Fisher's z with
// the standard error of Bonett and Wright 2000, sqrt((1 + rho² / 2) / (n - 3)).

import { type Interval, normalQuantileOfConfidence } from "./interval.ts";
import { ranks } from "./ranks.ts";

export type RankCorrelation = {
  readonly rho: number;
  /** null where rho is 1 or -1: there z is infinite, and the interval would say that nothing else is possible. */
  readonly interval: Interval | null;
};

/** null of fewer than four pairs, and where all values of a side are equal. */
export function rankCorrelation(x: readonly number[], y: readonly number[]): RankCorrelation | null {
  const count = x.length;
  if (count !== y.length) throw new Error(`expected pairs, got ${count} and ${y.length} values`);
  if (count < 4) return null;
  const rho = correlation(ranks(x), ranks(y));
  if (Number.isNaN(rho)) return null;
  if (Math.abs(rho) === 1) return { rho, interval: null };
  const spread = normalQuantileOfConfidence * Math.sqrt((1 + rho ** 2 / 2) / (count - 3));
  const z = Math.atanh(rho);
  return { rho, interval: { low: Math.tanh(z - spread), high: Math.tanh(z + spread) } };
}

/** Pearson's; NaN where a side does not vary. */
function correlation(x: readonly number[], y: readonly number[]): number {
  const mean = (x.length - 1) / 2;
  let [xx, yy, xy] = [0, 0, 0];
  for (const [at, value] of x.entries()) {
    const [dx, dy] = [value - mean, y[at]! - mean];
    xx += dx * dx;
    yy += dy * dy;
    xy += dx * dy;
  }
  return Math.max(-1, Math.min(1, xy / Math.sqrt(xx * yy)));
}
