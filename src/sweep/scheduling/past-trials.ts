// The trials of a sweep as search and pruners are told about them.

import type { TrialRow, TrialRowState } from "../../store/sweeps.ts";
import type { Metric, Parameters } from "../sweep.ts";
import { bestValue, type CurvePoint, curveOf, type PastTrial, type TrialState } from "../trial.ts";

const stateOf: Readonly<Record<TrialRowState, TrialState>> = {
  waiting: "running",
  running: "running",
  complete: "complete",
  pruned: "pruned",
  diverged: "complete",
  failed: "failed",
};

type SeriesValues = { readonly step: ArrayLike<number>; readonly value: ArrayLike<number> };

/** The runs of trials, as far as they are looked at here. */
export type Reading = {
  getRun(runId: string): { readonly stepsPerEpoch: number };
  series(runId: string, name: string): SeriesValues | null | undefined;
};

/** With their curves, where there are runs to read them from. */
export function pastTrials(runs: Reading | null, trials: readonly TrialRow[], metric: Metric): PastTrial[] {
  return trials.map((trial) => {
    const curve = runs === null ? [] : curveOfTrial(runs, trial, metric);
    const value = judgedBy(trial.state, curve, metric);
    const parameters = trial.parameters as Parameters;
    return { number: trial.number, parameters, state: stateOf[trial.state], value, curve };
  });
}

/** The metric at whole epochs; empty before the first one. */
export function curveOfTrial(runs: Reading, { runId }: TrialRow, metric: Metric): CurvePoint[] {
  if (runId === null) return [];
  const series = runs.series(runId, metric.series);
  return series ? curveOf(series, runs.getRun(runId).stepsPerEpoch) : [];
}

function judgedBy(state: TrialRowState, curve: readonly CurvePoint[], metric: Metric): number | null {
  if (state === "diverged") return Number.NaN;
  return state === "complete" ? bestValue(curve, metric.goal) : null;
}
