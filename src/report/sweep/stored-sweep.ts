// A sweep of the store as its page shows it. Trials are judged as the search judges them: by what is pure in src/sweep.

import { UserError } from "../../errors.ts";
import { plural } from "../../runs/format/words.ts";
import type { SweepRow, TrialRow } from "../../store/sweeps.ts";
import { parameterLabels } from "../../sweep/parameter-labels.ts";
import { repeatOf } from "../../sweep/search/merge-repeats.ts";
import type { Sweep } from "../../sweep/sweep.ts";
import { bestValue, curveOf } from "../../sweep/trial.ts";
import { epochTime, finalLoss, type Measure, plainMeasure, resultsOf } from "../measures.ts";
import type { ReportRun } from "../read-report-runs.ts";
import { seriesTitle, unitOf } from "../series.ts";
import { type SweepInput, sweepValue, type Trial } from "./trials.ts";

export type StoredSweep = { readonly sweep: SweepRow; readonly trials: readonly TrialRow[] };

/** Those that have one still, in the order of the trials. */
export function runsOfSweep({ trials }: StoredSweep): string[] {
  return trials.flatMap(({ runId }) => runId ?? []);
}

/** `runs` are those of its trials; more than that do no harm. Throws UserError where no trial was begun. */
export function sweepInput({ sweep, trials }: StoredSweep, runs: readonly ReportRun[]): SweepInput {
  if (trials.length === 0) throw new UserError(`sweep ${sweep.name}: no trial was begun yet`);
  const definition = JSON.parse(sweep.definition) as Sweep;
  const { seeds } = definition;
  const { names: parameters, label } = parameterLabels(definition);
  const runOf = new Map(runs.map((data) => [data.run.id, data]));
  // As in the study: the final loss and the time per epoch behind what is judged.
  const measures = [judgedBy(definition, runs), finalLoss, epochTime, ...resultsOf(runs)];
  return {
    name: sweep.name,
    description: definition.description,
    isStored: true,
    method: methodWords(definition),
    parameters,
    values: measures.map((measure) => sweepValue(measure, runs)),
    trials: trials.map((trial): Trial => {
      const data = trial.runId === null ? undefined : runOf.get(trial.runId);
      const isLost = trial.state === "diverged" || trial.state === "failed";
      return {
        number: trial.number,
        configuration: repeatOf(trial.number, seeds).configuration,
        seed: trial.seed,
        runId: trial.runId,
        state: trial.state,
        reason: reasonOf(trial, data, definition),
        parameters: parameters.map((name) => label(trial.parameters, name)),
        // What a trial had before it diverged or failed is no result.
        values: measures.map((measure) => (data === undefined || isLost ? null : measure.value(data))),
      };
    }),
  };
}

/** The best value at the end of an epoch, as the sweep's search has it. */
function judgedBy({ metric }: Sweep, runs: readonly ReportRun[]): Measure {
  const seriesOf = ({ series }: ReportRun) => series.find(({ name }) => name === metric.series);
  const [spec] = runs.flatMap((run) => seriesOf(run)?.spec ?? []);
  return {
    ...plainMeasure,
    name: `best ${spec === undefined ? metric.series.replaceAll("/", " ") : seriesTitle(spec)}`,
    unit: spec === undefined ? "" : unitOf(spec),
    better: metric.goal === "minimize" ? "lower" : "higher",
    spec: (run) => seriesOf(run)?.spec,
    value(run) {
      const found = seriesOf(run);
      const best = found && bestValue(curveOf(found, run.run.stepsPerEpoch), metric.goal);
      return best === undefined || Number.isNaN(best) ? null : best;
    },
  };
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
