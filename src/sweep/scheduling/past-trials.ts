// The trials of the store as search and pruners are told about them.

import type { Store } from "../../store/open-store.ts";
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

type Reading = Pick<Store, "getRun" | "series">;

/** With their curves, where there is a store to read them from. */
export function pastTrials(store: Reading | null, trials: readonly TrialRow[], metric: Metric): PastTrial[] {
  return trials.map((trial) => {
    const curve = store === null ? [] : curveOfTrial(store, trial, metric);
    const value = judgedBy(trial.state, curve, metric);
    const parameters = trial.parameters as Parameters;
    return { number: trial.number, parameters, state: stateOf[trial.state], value, curve };
  });
}

/** The metric at whole epochs; empty before the first one. */
export function curveOfTrial(store: Reading, { runId }: TrialRow, metric: Metric): CurvePoint[] {
  if (runId === null) return [];
  const series = store.series(runId, metric.series);
  return series ? curveOf(series, store.getRun(runId).stepsPerEpoch) : [];
}

function judgedBy(state: TrialRowState, curve: readonly CurvePoint[], metric: Metric): number | null {
  if (state === "diverged") return Number.NaN;
  return state === "complete" ? bestValue(curve, metric.goal) : null;
}
