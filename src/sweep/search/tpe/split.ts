// TPE's split of what was tried into a good part and the rest, as Optuna 5 makes it.
// https://github.com/optuna/optuna/blob/v5.0.0/optuna/samplers/_tpe/sampler.py

import type { Goal } from "../../sweep.ts";
import type { PastTrial } from "../../trial.ts";

export type Split = { readonly below: readonly PastTrial[]; readonly above: readonly PastTrial[] };

/** How many of `count` finished trials are the good ones. */
function goodCount(count: number): number {
  return Math.min(Math.ceil(0.1 * count), 25);
}

/**
 * Both parts by number. Complete trials are better than pruned ones, and of these the later and better ones. A trial
 * that diverged is among the rest, unlike Optuna, which forgets it: what diverged is not to be tried again. Running
 * ones are among the rest too where `history` has them (Optuna's constant liar); failed ones in neither.
 */
export function splitTrials(history: readonly PastTrial[], goal: Goal): Split {
  const sign = goal === "minimize" ? 1 : -1;
  const finished = history.filter(({ state }) => state === "complete" || state === "pruned");
  const complete = finished
    .filter(({ state, value }) => state === "complete" && !Number.isNaN(value ?? Number.NaN))
    .toSorted((a, b) => order(sign * a.value!, sign * b.value!));
  const pruned = finished
    .filter(({ state }) => state === "pruned")
    .toSorted((a, b) => {
      const [first, second] = [prunedScore(a, sign), prunedScore(b, sign)];
      return order(first[0], second[0]) || order(first[1], second[1]);
    });
  const good = goodCount(finished.length);
  const below = [...complete, ...pruned].slice(0, good);
  const chosen = new Set(below);
  const above = history.filter((trial) => trial.state !== "failed" && !chosen.has(trial));
  const byNumber = (a: PastTrial, b: PastTrial) => a.number - b.number;
  return { below: below.toSorted(byNumber), above: above.toSorted(byNumber) };
}

/** The smaller the better: how late it was pruned, then its value there. */
function prunedScore({ curve }: PastTrial, sign: number): readonly [number, number] {
  const last = curve.at(-1);
  if (last === undefined) return [1, 0];
  return [-last.epoch, Number.isNaN(last.value) ? Number.POSITIVE_INFINITY : sign * last.value];
}

/** Unlike a difference it is right for two infinities. */
function order(a: number, b: number): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
