// A sweep of the store as its page shows it. Trials are judged as the search judges them: by src/sweep/trial.ts, which is
// pure, as is the type of a sweep's definition; nothing else of src/sweep is known here.

import { UserError } from "../../errors.ts";
import type { SweepRow, TrialRow } from "../../store/sweeps.ts";
import { parameterLabels } from "../../sweep/parameter-labels.ts";
import type { Sweep } from "../../sweep/sweep.ts";
import { bestValue, curveOf } from "../../sweep/trial.ts";
import { plural } from "../format.ts";
import { bestLoss, epochTime, finalLoss, type Measure, measuresOf, totalTime } from "../measures.ts";
import type { ReportRun } from "../read-report-runs.ts";
import { seriesLabel } from "../series-label.ts";
import { fairly, type SweepInput, type SweepValue, type Trial } from "./trials.ts";

export type StoredSweep = { readonly sweep: SweepRow; readonly trials: readonly TrialRow[] };

/** Those that have one still, in the order of the trials. */
export function runsOfSweep({ trials }: StoredSweep): string[] {
  return trials.flatMap(({ runId }) => runId ?? []);
}

/** `runs` are those of its trials; more than that do no harm. Throws UserError where no trial was begun. */
export function sweepInput({ sweep, trials }: StoredSweep, runs: readonly ReportRun[]): SweepInput {
  if (trials.length === 0) throw new UserError(`sweep ${sweep.name}: no trial was begun yet`);
  const definition = JSON.parse(sweep.definition) as Sweep;
  const { metric, seeds } = definition;
  const { names: parameters, label } = parameterLabels(definition);
  const runOf = new Map(runs.map((data) => [data.run.id, data]));
  const measures = measuresFor(runs);
  return {
    name: sweep.name,
    description: definition.description,
    isStored: true,
    method: methodWords(definition),
    parameters,
    values: [
      judgedBy(definition, runs),
      ...measures.map((measure) => ({
        name: measure.name,
        unit: measure.unit,
        better: fairly(measure, runs),
      })),
    ],
    trials: trials.map((trial): Trial => {
      const data = trial.runId === null ? undefined : runOf.get(trial.runId);
      const isLost = trial.state === "diverged" || trial.state === "failed";
      const judged = data === undefined || isLost ? Number.NaN : judgedValue(data, metric);
      return {
        number: trial.number,
        configuration: Math.floor(trial.number / Math.max(1, seeds.length)),
        seed: trial.seed,
        runId: trial.runId,
        state: trial.state,
        reason: reasonOf(trial, data, definition),
        parameters: parameters.map((name) => label(trial.parameters, name)),
        values: [
          Number.isNaN(judged) ? null : judged,
          // What a trial had before it diverged or failed is no result.
          ...measures.map((measure) => (data === undefined || isLost ? null : measure.value(data))),
        ],
      };
    }),
  };
}

/** The final loss and the time per epoch first, as in the study. */
function measuresFor(runs: readonly ReportRun[]): Measure[] {
  const others = measuresOf(runs).filter(
    (measure) => ![finalLoss, bestLoss, epochTime, totalTime].includes(measure),
  );
  return [finalLoss, epochTime, ...others];
}

function judgedBy({ metric }: Sweep, runs: readonly ReportRun[]): SweepValue {
  const described = runs.flatMap(({ series }) => series.find(({ name }) => name === metric.series) ?? [])[0]
    ?.spec;
  return {
    name: `best ${seriesLabel(metric.series)}`,
    unit: described === undefined || described.unit === "ratio" ? "" : described.unit,
    better: fairly({ series: metric.series, better: metric.goal === "minimize" ? "lower" : "higher" }, runs),
  };
}

function judgedValue({ series, run }: ReportRun, metric: Sweep["metric"]): number {
  const found = series.find(({ name }) => name === metric.series);
  return found === undefined ? Number.NaN : bestValue(curveOf(found, run.stepsPerEpoch), metric.goal);
}

function reasonOf(trial: TrialRow, data: ReportRun | undefined, { prune }: Sweep): string | null {
  if (trial.error !== null) return trial.error;
  const of = data === undefined ? "" : ` of ${data.run.experiment.train.epochs}`;
  const epoch = data?.lastEpoch ?? 0;
  switch (trial.state) {
    case "pruned":
      return `stopped after epoch ${epoch}${of}${prune === null ? "" : ` by ${prunerName(prune)}`}`;
    case "waiting":
      return data === undefined
        ? "not begun"
        : `stopped after epoch ${epoch}${of}; the sweep goes on with it`;
    case "running":
      return data === undefined
        ? "about to begin"
        : `in epoch ${Math.min(epoch + 1, data.run.experiment.train.epochs)}${of}`;
    default:
      return trial.runId === null ? "its run was deleted" : null;
  }
}

const methodNames = { grid: "grid", random: "random", bayes: "Bayesian (TPE)" } as const;

/** Such as "Random search, pruned by hyperband, 2 seeds each". */
function methodWords({ method, prune, seeds }: Sweep): string {
  const name = methodNames[method];
  return [
    `${name[0]!.toUpperCase()}${name.slice(1)} search`,
    prune === null ? "" : `pruned by ${prunerName(prune)}`,
    seeds.length > 1 ? `${plural(seeds.length, "seed")} each` : "",
  ]
    .filter(Boolean)
    .join(", ");
}

/** As sweep files call it. */
function prunerName(prune: NonNullable<Sweep["prune"]>): string {
  if (prune.type === "percentile")
    return prune.percentile === 50 ? "median" : `percentile ${prune.percentile}`;
  return prune.type.replaceAll("_", " ");
}
