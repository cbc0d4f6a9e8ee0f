// Optuna's PercentilePruner, and its MedianPruner, which is the percentile 50: a trial goes on while its best value so
// far is no worse than what the complete trials had at the same epoch.
// https://github.com/optuna/optuna/blob/v5.0.0/optuna/pruners/_percentile.py

import { quantileOfSorted } from "../../statistics/quantile.ts";
import type { Goal, PercentileConfig } from "../sweep.ts";
import { bestValue, type PastTrial } from "../trial.ts";

/** Whether `current` is stopped after the last epoch of its curve. */
export function prunesByPercentile(
  config: PercentileConfig,
  trials: readonly PastTrial[],
  current: PastTrial,
  goal: Goal,
): boolean {
  const complete = trials.filter(({ state }) => state === "complete");
  const epoch = current.curve.at(-1)?.epoch;
  if (complete.length === 0 || complete.length < config.nStartupTrials || epoch === undefined) return false;
  if (epoch < config.nWarmupSteps || !isFirstOfInterval(config, current, epoch)) return false;
  const best = bestValue(current.curve, goal);
  if (Number.isNaN(best)) return true;
  const values = complete.flatMap(({ curve }) =>
    curve.filter((point) => point.epoch === epoch).map(({ value }) => value),
  );
  if (values.length < config.nMinTrials) return false;
  const share = config.percentile / 100;
  const sorted = values.filter((value) => !Number.isNaN(value)).sort((a, b) => a - b); // as numpy.nanpercentile
  const threshold = quantileOfSorted(sorted, goal === "minimize" ? share : 1 - share);
  return goal === "minimize" ? best > threshold : best < threshold;
}

/** Where epochs are missing, the first one after a decision was due decides. */
function isFirstOfInterval(config: PercentileConfig, { curve }: PastTrial, epoch: number): boolean {
  const { nWarmupSteps, intervalSteps } = config;
  const due = Math.floor((epoch - nWarmupSteps) / intervalSteps) * intervalSteps + nWarmupSteps;
  return (curve.at(-2)?.epoch ?? -1) < due;
}
