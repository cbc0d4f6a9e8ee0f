// What the page of a sweep shows: trials with their parameters and what they came to. stored-sweep.ts makes it of a sweep
// in the store; where there is none, any set of runs is read as one.

import { flatSettings, independentSettings } from "../../experiment/flat-settings.ts";
import { bestOfSeveral } from "../../runs/best.ts";
import { hasDiverged as runHasDiverged } from "../../runs/divergence.ts";
import type { Better } from "../../runs/series.ts";
import { type Repeats, repeatsOf } from "../../statistics/repeats.ts";
import type { TrialRowState } from "../../store/sweeps.ts";
import { bestLoss, betterAmong, epochTime, finalLoss, type Measure } from "../measures.ts";
import type { ReportRun } from "../read-report-runs.ts";

export type TrialState = TrialRowState;

/** In the order in which a reader wants them counted. */
export const trialStates = [
  "complete",
  "pruned",
  "diverged",
  "failed",
  "running",
  "waiting",
] as const satisfies readonly TrialState[];

export type Trial = {
  readonly number: number;
  /** Trials that differ in nothing but their seed share it. */
  readonly configuration: number;
  /** null is the experiment's own. */
  readonly seed: number | null;
  /** Of its run; null where it has not begun, or the run was deleted. */
  readonly runId: string | null;
  readonly state: TrialState;
  /** Why it is in that state, where a reader may ask; null for nothing to say. */
  readonly reason: string | null;
  /** One for each of the sweep's parameters, as text; null where it has none. */
  readonly parameters: readonly (string | null)[];
  /** One for each of the sweep's values; null or NaN where there is none. */
  readonly values: readonly (number | null)[];
};

export type SweepValue = {
  readonly name: string;
  /** Empty for a plain number. */
  readonly unit: string;
  readonly better: Better;
};

export type SweepInput = {
  readonly name: string;
  readonly description: string;
  /** Whether it is one of the store; else runs are read as one. */
  readonly isStored: boolean;
  /** How trials were chosen, such as "grid search, seeds 1 and 2"; empty where they were not. */
  readonly method: string;
  /** Such as "train.optimizer.name". */
  readonly parameters: readonly string[];
  /** The first is what trials are judged by. */
  readonly values: readonly SweepValue[];
  readonly trials: readonly Trial[];
};

/** Settings that only repeat what another one says, or that are no choice of a sweep. */
const noParameter = /^(seed|source|samples\.|checkpoint\.)/;

export function sweepValue(measure: Measure, runs: readonly ReportRun[]): SweepValue {
  return { name: measure.name, unit: measure.unit, better: betterAmong(measure, runs) };
}

/** Runs as trials: settings that differ are the parameters, the best unseen loss is what counts. */
export function trialsOfRuns(runs: readonly ReportRun[], name: string): SweepInput {
  const parameters = independentSettings(runs.map(({ run }) => run.experiment)).filter(
    (path) => !noParameter.test(path),
  );
  const configurations = new Map<string, number>();
  const measures = [bestLoss, finalLoss, epochTime];
  return {
    name,
    description: "",
    isStored: false,
    method: "",
    parameters,
    values: measures.map((measure) => sweepValue(measure, runs)),
    trials: runs.map((data, number) => {
      const settings = flatSettings(data.run.experiment);
      const chosen = parameters.map((path) => settings.get(path) ?? null);
      const key = JSON.stringify(chosen);
      if (!configurations.has(key)) configurations.set(key, configurations.size);
      return {
        number,
        configuration: configurations.get(key)!,
        seed: data.run.experiment.seed,
        runId: data.run.id,
        state: stateOf(data),
        reason: data.run.error,
        parameters: chosen,
        values: measures.map((measure) => (runHasDiverged(data.run) ? null : measure.value(data))),
      };
    }),
  };
}

function stateOf({ run, trial }: ReportRun): TrialState {
  if (trial !== null) return trial.trial.state;
  if (run.status === "FINISHED") return "complete";
  if (runHasDiverged(run)) return "diverged";
  return run.status === "RUNNING" || run.status === "SCHEDULED" ? "running" : "failed";
}

/** What a configuration came to over its seeds. */
export type Configuration = {
  readonly number: number;
  readonly parameters: Trial["parameters"];
  readonly trials: readonly Trial[];
  /** Of the trials that are complete, one for each of the sweep's values; null where none has one. */
  readonly values: readonly (Repeats | null)[];
  /** Whether a seed did. */
  readonly hasDiverged: boolean;
  /** Means of `values`, as they compare: null of one that has a diverged seed, as the search judges by all that were trained. */
  readonly means: readonly (number | null)[];
};

/** In the order in which they were begun. */
export function configurationsOf({ trials, values }: SweepInput): Configuration[] {
  const groups = new Map<number, Trial[]>();
  for (const trial of trials)
    groups.set(trial.configuration, [...(groups.get(trial.configuration) ?? []), trial]);
  return [...groups].map(([number, members]) => {
    const complete = members.filter(({ state }) => state === "complete");
    const hasDiverged = members.some(({ state }) => state === "diverged");
    const repeats = values.map((_, index) =>
      repeatsOf(complete.flatMap(({ values }) => values[index] ?? [])),
    );
    return {
      number,
      parameters: members[0]!.parameters,
      trials: members,
      values: repeats,
      hasDiverged,
      means: repeats.map((value) => (hasDiverged ? null : (value?.mean ?? null))),
    };
  });
}

/** One for each of the sweep's values: the best of `rows`, where there is something to choose. */
export function bestValues(
  { values }: SweepInput,
  rows: readonly (readonly (number | null)[])[],
): (number | null)[] {
  return values.map(({ better }, index) => {
    const column = rows.map((row) => row[index] ?? null);
    const best = bestOfSeveral(column, better);
    return best === null ? null : column[best]!;
  });
}

/** "train.optimizer.learning_rate" -> "optimizer.learning_rate": the last two words say enough. */
export function shortName(path: string): string {
  return path.split(".").slice(-2).join(".");
}

export function withUnit(name: string, unit: string): string {
  return unit === "" ? name : `${name}, ${unit}`;
}

/** Values of a trial that paper has room for. */
export const mostPrinted = 5;
