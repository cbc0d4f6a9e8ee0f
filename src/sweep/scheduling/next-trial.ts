// What a sweep begins next, given all trials that were begun before.

import { isBetter } from "../../runs/best.ts";
import type { TrialRow } from "../../store/sweeps.ts";
import type { NewTrial } from "../../store/trial-leases.ts";
import { mergeRepeats, repeatOf } from "../search/merge-repeats.ts";
import { suggestConfiguration } from "../search/suggest.ts";
import type { Metric, Sweep } from "../sweep.ts";
import { betterFor, type PastTrial } from "../trial.ts";
import { pastTrials, type Reading } from "./past-trials.ts";

/** null after the last trial, and once one has reached the metric's target. */
export function nextTrial(sweep: Sweep, runs: Reading, trials: readonly TrialRow[]): NewTrial | null {
  const { configuration, seed } = repeatOf(trials.length, sweep.seeds);
  const looksBack = sweep.method === "bayes" || sweep.metric.target !== null;
  // A grid without a target needs the number alone: of a shared sweep nothing is read then.
  const past =
    sweep.method === "grid" && !looksBack ? [] : pastTrials(looksBack ? runs : null, trials, sweep.metric);
  if (reachedTarget(past, sweep.metric)) return null;

  const begun = trials.find(({ number }) => repeatOf(number, sweep.seeds).configuration === configuration);
  if (begun !== undefined) return { parameters: begun.parameters, seed };
  const parameters = suggestConfiguration(sweep, configuration, mergeRepeats(past, sweep.seeds));
  return parameters === null ? null : { parameters, seed };
}

function reachedTarget(past: readonly PastTrial[], { target, goal }: Metric): boolean {
  if (target === null) return false;
  return past.some(({ curve }) =>
    curve.some(({ value }) => value === target || isBetter(value, target, betterFor(goal))),
  );
}
