// What the page of a sweep shows: trials with their parameters and what they came to. A sweep's table of trials gives
// this by `sweepInput`'s shape; where there is none, any set of runs is read as one.

import { bestLossOf, epochTime, finalLoss } from "../measures.ts";
import type { ReportRun } from "../read-report-runs.ts";
import { flatSettings, independentSettings } from "../settings.ts";

export type TrialState = "running" | "complete" | "pruned" | "failed";

export type Trial = {
  readonly number: number;
  /** Of its run; null where it has not begun. */
  readonly runId: string | null;
  readonly state: TrialState;
  /** One for each of the sweep's parameters, as text; null where it has none. */
  readonly parameters: readonly (string | null)[];
  /** One for each of the sweep's values; null or NaN where there is none. */
  readonly values: readonly (number | null)[];
};

export type SweepInput = {
  readonly name: string;
  /** Such as "train.optimizer.name". */
  readonly parameters: readonly string[];
  /** The first is what trials are judged by. */
  readonly values: readonly { readonly name: string; readonly better: "lower" | "higher" | null }[];
  readonly trials: readonly Trial[];
};

/** Settings that only repeat what another one says, or that are no choice of a sweep. */
const noParameter = /^(seed|source|samples\.|checkpoint\.)/;

/** Runs as trials: settings that differ are the parameters, the best unseen loss is what counts. */
export function trialsOfRuns(runs: readonly ReportRun[], name: string): SweepInput {
  const parameters = independentSettings(runs.map(({ run }) => run.experiment)).filter(
    (path) => !noParameter.test(path),
  );
  return {
    name,
    parameters,
    values: [
      { name: "best unseen loss", better: "lower" },
      { name: "final unseen loss", better: "lower" },
      { name: "time per epoch (s)", better: "lower" },
    ],
    trials: runs.map((data, number) => {
      const settings = flatSettings(data.run.experiment);
      return {
        number,
        runId: data.run.id,
        state: stateOf(data),
        parameters: parameters.map((path) => settings.get(path) ?? null),
        values: [bestLossOf(data), finalLoss.value(data), epochTime.value(data)],
      };
    }),
  };
}

function stateOf({ run, events }: ReportRun): TrialState {
  if (events.some(({ kind }) => kind === "pruned")) return "pruned";
  if (run.status === "FINISHED") return "complete";
  return run.status === "RUNNING" || run.status === "SCHEDULED" ? "running" : "failed";
}
