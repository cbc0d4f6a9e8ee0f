// One run as the report shows it: words and numbers ready to print, no store behind them.

import { bestPoint } from "../runs/best.ts";
import type { TrialRow } from "../store/sweeps.ts";
import { valueText } from "../sweep/value-text.ts";
import { type EmergenceTable, emergenceTable } from "./emergence-model.ts";
import {
  formatCount,
  formatDuration,
  formatNumber,
  formatTime,
  plural,
  shellQuote,
  shorten,
} from "./format.ts";
import type { ReportRun } from "./read-report-runs.ts";
import { seriesLabel } from "./series-label.ts";
import { experimentYaml } from "./settings.ts";

export type Fact = readonly [term: string, value: string];

export type RunModel = {
  readonly runId: string;
  readonly title: string;
  readonly description: string;
  readonly status: string;
  readonly error: string | null;
  readonly summary: string;
  /** Of which sweep it is which trial; null for none. */
  readonly trial: string | null;
  readonly emergence: EmergenceTable | null;
  readonly epochTable: { readonly columns: readonly string[]; readonly rows: readonly (readonly string[])[] };
  readonly data: readonly Fact[];
  readonly skipped: readonly { readonly path: string; readonly reason: string }[];
  readonly skippedCount: number;
  readonly provenance: readonly Fact[];
  readonly yaml: string;
  readonly events: readonly {
    readonly at: string;
    readonly level: string;
    readonly kind: string;
    readonly message: string;
  }[];
  readonly eventCount: number;
  readonly command: readonly string[];
  readonly commandNote: string | null;
};

/** More lines than this are counted, not printed. */
const mostListed = 200;

export function runModel(data: ReportRun): RunModel {
  const { run, dataset } = data;
  return {
    runId: run.id,
    title: run.name,
    description: run.experiment.description,
    status: statusOf(data),
    error: run.error,
    summary: summarySentence(data),
    trial: trialWords(data),
    emergence: emergenceTable(data),
    epochTable: epochTable(data),
    data: [
      ["Data set", dataset?.description ?? "not recorded"],
      [
        "Seen / unseen",
        dataset === null
          ? "not recorded"
          : `${formatCount(dataset.seenCount)} / ${formatCount(dataset.unseenCount)} images`,
      ],
      ["Image size", `${run.experiment.image.size} x ${run.experiment.image.size}`],
      ["Fingerprint", run.datasetFingerprint],
      ["Files left out", data.skipped.length === 0 ? "none" : plural(data.skipped.length, "file")],
    ],
    skipped: data.skipped.slice(0, mostListed),
    skippedCount: data.skipped.length,
    provenance: provenanceFacts(data),
    yaml: experimentYaml(run.experiment),
    events: data.events.slice(-mostListed).map((event) => ({ ...event, at: formatTime(event.at) })),
    eventCount: data.events.length,
    ...reproduction(data),
  };
}

/** A run that a sweep ended is no failure of anybody: its trial's state says more than KILLED. */
function statusOf({ run, trial }: ReportRun): string {
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
export function unseenLoss({ series, run }: ReportRun): UnseenLoss | null {
  const losses = series.find(({ name }) => name === "unseen/loss");
  if (losses === undefined || losses.value.length === 0) return null;
  const best = bestPoint(losses, "lower");
  return {
    first: losses.value[0]!,
    final: losses.value.at(-1)!,
    best: best?.value ?? null,
    bestEpoch: best && best.step / Math.max(1, run.stepsPerEpoch),
    isTrained: losses.step.at(-1)! > 0,
  };
}

const engineNames: Readonly<Record<string, string>> = { onnx: "ONNX Runtime", tensorflow: "TensorFlow" };
const dataNames: Readonly<Record<string, string>> = {
  coco: "COCO photographs",
  celeba: "CelebA portraits",
  folder: "images of a folder",
  synthetic: "synthetic scenes",
  union: "images of several data sets",
};

/** Model, data, epochs, engine, time and the unseen loss, in one sentence. */
export function summarySentence(data: ReportRun): string {
  const { run, dataset, durationMs } = data;
  const planned = run.experiment.train.epochs;
  const done = run.status === "FINISHED" ? planned : Math.min(planned, data.lastEpoch ?? 0);
  const epochs = done === planned ? plural(planned, "epoch") : `${done} of ${plural(planned, "epoch")}`;
  const model = `${run.experiment.model.kind[0]?.toUpperCase()}${run.experiment.model.kind.slice(1)}`;
  const kind = dataNames[run.experiment.dataset.kind] ?? run.experiment.dataset.kind;
  const images = dataset === null ? kind : `${formatCount(dataset.seenCount)} ${kind}`;
  const verb = run.status === "RUNNING" ? "has trained" : "trained";
  const engine = engineNames[run.engine] ?? run.engine;
  const trained = `${model} (${formatCount(run.parameters)} parameters) ${verb} on ${images} for ${epochs} with ${engine} on ${run.device}, in ${formatDuration(durationMs)}`;
  return `${trained}; ${lossClause(unseenLoss(data))}.`;
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

/** One row per epoch that a series was logged for once; the training loss as its mean. */
function epochTable(data: ReportRun): RunModel["epochTable"] {
  const per = Math.max(1, data.run.stepsPerEpoch);
  const columns = data.series.filter(({ name }) => /loss$|epoch_seconds$|learning_rate$/.test(name));
  const cells = new Map<number, Map<string, { sum: number; count: number }>>();
  for (const { name, step, value } of columns)
    step.forEach((at, index) => {
      const epoch = Math.ceil(at / per);
      const row = cells.get(epoch) ?? new Map<string, { sum: number; count: number }>();
      cells.set(epoch, row);
      const cell = row.get(name) ?? { sum: 0, count: 0 };
      row.set(name, { sum: cell.sum + value[index]!, count: cell.count + 1 });
    });
  const epochs = [...cells.keys()].sort((a, b) => a - b);
  const averaged = (name: string) => [...cells.values()].some((row) => (row.get(name)?.count ?? 0) > 1);
  return {
    columns: [
      "epoch",
      ...columns.map(({ name }) => `${seriesLabel(name)}${averaged(name) ? " (mean)" : ""}`),
    ],
    rows: epochs.map((epoch) => [
      String(epoch),
      ...columns.map(({ name }) => {
        const cell = cells.get(epoch)!.get(name);
        return cell === undefined ? "" : formatNumber(cell.sum / cell.count);
      }),
    ]),
  };
}

/** Such as "trial 3 of the sweep optimizers (1f0c…), seed 2: optimizer.name=adam"; null for a run of none. */
function trialWords({ trial: of }: ReportRun): string | null {
  if (of === null) return null;
  const { sweep, trial } = of;
  const chosen = Object.entries(trial.parameters).map(
    ([name, value]) => `${name.split(".").slice(-2).join(".")} ${valueText(value)}`,
  );
  const seed = trial.seed === null ? "" : `, seed ${trial.seed}`;
  const chosenWords = chosen.length === 0 ? "" : `, with ${shorten(chosen.join(", "), 300)}`;
  return `Trial ${trial.number} of the sweep ${sweep.name} (${sweep.id})${seed}${chosenWords}; ${trial.state}`;
}

function provenanceFacts(data: ReportRun): Fact[] {
  const { run, durationMs } = data;
  const { provenance } = run;
  const dirty = provenance.gitDirty === true ? ", with uncommitted changes" : "";
  return [
    ["Run", run.id],
    ...(data.trial === null ? [] : [["Sweep", trialWords(data)!] as const]),
    ["Started", formatTime(run.createdAt)],
    [run.finishedAt === null ? "Last sign of life" : "Ended", formatTime(run.finishedAt ?? run.heartbeatAt)],
    ["Running time", formatDuration(durationMs)],
    ["Seed", String(run.experiment.seed)],
    ["Engine", `${engineNames[run.engine] ?? run.engine} on ${run.device}`],
    ["Commit", provenance.gitCommit === null ? "not in a git checkout" : `${provenance.gitCommit}${dirty}`],
    [
      "Packages",
      Object.entries(provenance.packages)
        .map(([name, version]) => `${name} ${version}`)
        .join(", "),
    ],
    ["Node.js", provenance.node],
    ["Computer", `${provenance.host}, ${provenance.platform}`],
    ["Processor", `${provenance.cpu}, ${plural(provenance.threads, "thread")}`],
    ["Experiment file", run.source ?? "none, made in code"],
  ];
}

/** What a sweep laid over its experiment, as `hueristic run` takes it. */
function overridesOf({ parameters, seed }: TrialRow): string[] {
  const words = Object.entries(parameters).map(
    ([name, value]) => `${name}=${typeof value === "string" ? value : JSON.stringify(value)}`,
  );
  return seed === null ? words : [...words, `seed=${seed}`];
}

function reproduction({ run, trial }: ReportRun): Pick<RunModel, "command" | "commandNote"> {
  const { gitCommit, gitDirty, command } = run.provenance;
  const checkout = gitCommit === null ? [] : [`git checkout ${gitCommit}`, "npm ci"];
  // As it was given, with its overrides; a run made in code has its configuration only.
  const chosen = trial === null ? [] : overridesOf(trial.trial);
  const given = command[0] === "run" ? command : ["run", run.source ?? "experiment.yaml", ...chosen];
  const notes = [
    gitDirty === true &&
      "The checkout had uncommitted changes: the commit alone may not give the same numbers.",
    command[0] !== "run" &&
      run.source === null &&
      "The run was made in code: save the configuration below as experiment.yaml first.",
  ].filter((note) => note !== false);
  return {
    command: [...checkout, ["npx hueristic", ...given.map(shellQuote)].join(" ")],
    commandNote: notes.length > 0 ? notes.join(" ") : null,
  };
}
