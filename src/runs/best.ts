// Which value is the best one: for lists, queries, sweeps, pages and checkpoints alike. The untrained network is no result:
// what was logged before the first step does not count. Nor does what is not finite. Of equals the first one is meant.

import type { Better } from "./series.ts";

/** One value for each step, by rising steps. */
export type Points = { readonly step: ArrayLike<number>; readonly value: ArrayLike<number> };

export type Point = { readonly step: number; readonly value: number };

/** What ranks a value: less is better. NaN for what is no result. */
export function rankOf(value: number, better: Better): number {
  if (!Number.isFinite(value) || better === "none") return Number.NaN;
  if (better === "one") return Math.abs(value - 1);
  return better === "lower" ? value : -value;
}

/** Whether `a` is better than `b`: a result is better than none. */
export function isBetter(a: number, b: number, better: Better): boolean {
  const [ofA, ofB] = [rankOf(a, better), rankOf(b, better)];
  return Number.isNaN(ofB) ? !Number.isNaN(ofA) : ofA < ofB;
}

/** Position of the best value; null where there is no result, or nothing is better. */
export function bestAt(values: ArrayLike<number | null>, better: Better): number | null {
  let best: number | null = null;
  for (let at = 0; at < values.length; at++) {
    if (isBetter(values[at] ?? Number.NaN, best === null ? Number.NaN : values[best]!, better)) best = at;
  }
  return best;
}

/** The best point of a series after step 0; null where there is none. */
export function bestPoint({ step, value }: Points, better: Better): Point | null {
  const trained = Array.from(step, (at, index) => (at > 0 ? value[index]! : null));
  const best = bestAt(trained, better);
  return best === null ? null : { step: step[best]!, value: value[best]! };
}

/** Position of the best of several runs' values; null where nothing is better, or there is no difference to speak of. */
export function bestOfSeveral(values: readonly (number | null)[], better: Better): number | null {
  const ranks = values.map((value) => rankOf(value ?? Number.NaN, better));
  const results = ranks.filter((rank) => !Number.isNaN(rank));
  return new Set(results).size < 2 ? null : bestAt(values, better);
}
