// A run in words: how it ended, what it is, what came of it.

import { imageWords } from "../experiment/image-words.ts";
import { formatCount, formatNumber } from "../runs/format/numbers.ts";
import { formatDuration } from "../runs/format/times.ts";
import { plural, shorten } from "../runs/format/words.ts";
import { valueText } from "../sweep/value-text.ts";
import type { ReportRun } from "./read-report-runs.ts";
import { bestLossPoint, lossOf } from "./series.ts";
import { shortName } from "./sweep/trials.ts";

/** A run that a sweep ended is no failure of anybody: its trial's state says more than KILLED. */
export function statusOf({ run, trial }: ReportRun): string {
  const state = trial?.trial.state;
  return state === "pruned" || state === "diverged" ? state.toUpperCase() : run.status;
}

export type UnseenLoss = {
  readonly first: number;
  readonly final: number;
  readonly best: number | null;
  readonly bestEpoch: number | null;
  /** Whether it was measured after the first step, too. */
  readonly isTrained: boolean;
};

/** Where the loss on unseen images began, ended and was lowest; null where it was never measured. */
function unseenLoss(data: ReportRun): UnseenLoss | null {
  const losses = lossOf(data);
  if (losses === undefined || losses.value.length === 0) return null;
  const best = bestLossPoint(data);
  return {
    first: losses.value[0]!,
    final: losses.value.at(-1)!,
    best: best?.value ?? null,
    bestEpoch: best && best.step / Math.max(1, data.run.stepsPerEpoch),
    isTrained: losses.step.at(-1)! > 0,
  };
}

export const engineNames: Readonly<Record<string, string>> = {
  onnx: "ONNX Runtime",
  torch: "PyTorch",
  tensorflow: "TensorFlow",
};

/** Model, data, epochs, engine, time and the unseen loss, in one sentence. */
export function summarySentence(data: ReportRun): string {
  const { run, dataset, durationMs } = data;
  const own = run.experiment.dataset;
  if (own.kind === "elsewhere" && run.experiment.model.kind === "elsewhere")
    return `A network that is not known, trained elsewhere: what it logged was imported from ${own.file}.`;
  if (own.kind === "elsewhere") return `${modelWords(run)}, trained elsewhere and imported from ${own.file}.`;
  const planned = run.experiment.train.epochs;
  const done = run.status === "FINISHED" ? planned : Math.min(planned, data.lastEpoch ?? 0);
  const epochs = done === planned ? plural(planned, "epoch") : `${done} of ${plural(planned, "epoch")}`;
  const kind = imageWords(run.experiment);
  const images = dataset === null ? kind : `${formatCount(dataset.seenCount)} ${kind}`;
  const verb = run.status === "RUNNING" ? "has trained" : "trained";
  const engine = engineNames[run.engine] ?? run.engine;
  const trained = `${modelWords(run)} ${verb} on ${images} for ${epochs} with ${engine} on ${run.device}, in ${formatDuration(durationMs)}`;
  return `${trained}; ${lossClause(unseenLoss(data))}.`;
}

/** Whether the network was imported: nothing is known of its training and its images. */
export function isElsewhere({ run }: Pick<ReportRun, "run">): boolean {
  return run.experiment.dataset.kind === "elsewhere";
}

function modelWords({ experiment: { model }, parameters }: ReportRun["run"]): string {
  return `${model.kind[0]?.toUpperCase()}${model.kind.slice(1)} (${formatCount(parameters)} parameters)`;
}

function lossClause(loss: UnseenLoss | null): string {
  if (loss === null) return "the loss on unseen images was not measured";
  if (!loss.isTrained) return `the loss on unseen images is ${formatNumber(loss.first)} before training`;
  if (loss.best === null) return "the loss on unseen images was never a finite number";
  const best = `${formatNumber(loss.best)} at epoch ${formatNumber(loss.bestEpoch!)}`;
  const verb = loss.final < loss.first ? "fell" : loss.final > loss.first ? "rose" : "went";
  const path = `the loss on unseen images ${verb} from ${formatNumber(loss.first)} to ${formatNumber(loss.final)}`;
  return loss.best === loss.final
    ? `${path}, its best value, at epoch ${formatNumber(loss.bestEpoch!)}`
    : `${path}, the best being ${best}`;
}

/** Such as "trial 3 of the sweep optimizers (1f0c…), seed 2: optimizer.name=adam"; null for a run of none. */
export function trialWords({ trial: of }: ReportRun): string | null {
  if (of === null) return null;
  const { sweep, trial } = of;
  const chosen = Object.entries(trial.parameters).map(
    ([name, value]) => `${shortName(name)} ${valueText(value)}`,
  );
  const seed = trial.seed === null ? "" : `, seed ${trial.seed}`;
  const chosenWords = chosen.length === 0 ? "" : `, with ${shorten(chosen.join(", "), 300)}`;
  return `Trial ${trial.number} of the sweep ${sweep.name} (${sweep.id})${seed}${chosenWords}; ${trial.state}`;
}
