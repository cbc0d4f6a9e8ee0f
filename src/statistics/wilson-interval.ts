// How far a share that was counted may be from the true one (Wilson 1927): near the truth for few counts and for shares
// near 0 and 1 too, where the usual formula fails.

import { type Interval, normalQuantileOfConfidence as z } from "./interval.ts";

/** The 95 % interval of `successes` of `trials`; from 0 to 1 where nothing was tried. */
export function wilsonInterval(successes: number, trials: number): Interval {
  if (trials === 0) return { low: 0, high: 1 };
  const share = successes / trials;
  const spread = z * Math.sqrt((share * (1 - share)) / trials + z ** 2 / (4 * trials ** 2));
  const [middle, whole] = [share + z ** 2 / (2 * trials), 1 + z ** 2 / trials];
  // Rounding must not leave a share.
  return {
    low: successes === 0 ? 0 : (middle - spread) / whole,
    high: successes === trials ? 1 : (middle + spread) / whole,
  };
}
