// hueristic evaluate: measures checkpoints of runs on any images, after the fact. Fills a matrix of runs by sets.

import { UserError } from "../../errors.ts";
import type { MetricConfig } from "../../experiment/experiment.ts";
import type { ChosenCheckpoint } from "../../runner/evaluation/choose-checkpoint.ts";
import type { EvaluatedRun } from "../../runner/evaluation/evaluate-run.ts";
import type { WantedSet } from "../../runner/evaluation/open-sets.ts";
import type { Store } from "../../store/open-store.ts";
import type { RunRow } from "../../store/rows.ts";
import { type Command, type Context, type GlobalOptions, toJson } from "../context.ts";
import { numberOrDash, plainText } from "../print/format.ts";
import { type Column, formatTable } from "../print/table.ts";
import { checkpointChoice } from "../target/checkpoint-reference.ts";
import { deviceDescription, readDevice } from "../target/device-option.ts";
import { findRuns, runReference } from "../target/run-references.ts";

type EvaluateOptions = GlobalOptions & {
  readonly run: readonly string[] | undefined;
  readonly on: string | readonly string[] | undefined;
  readonly name: string | undefined;
  readonly others: boolean;
  readonly checkpoint: string;
  readonly metrics: string | undefined;
  readonly device: string | undefined;
  readonly json: boolean;
};

type Job = {
  readonly run: RunRow;
  readonly checkpoint: ChosenCheckpoint;
  readonly sets: readonly WantedSet[];
};

/** What --json prints of each run. */
type Row = EvaluatedRun & { readonly id: string; readonly name: string; readonly epoch: number };

export const evaluateCommand: Command<EvaluateOptions> = {
  command: "evaluate [run..]",
  summary: "Measure checkpoints of runs on any images",
  lists: ["on"],
  options: (yargs) =>
    yargs
      .positional("run", {
        type: "string",
        array: true,
        describe: runReference,
      })
      .option("on", {
        type: "string",
        requiresArg: true,
        describe: "Folder of images, experiment file, run, seen or unseen; may be given several times",
      })
      .option("name", { type: "string", requiresArg: true, describe: "Name of the set, for its series" })
      .option("others", {
        type: "boolean",
        default: false,
        describe: "Each on the unseen images of all of them that none was trained on",
      })
      .option("checkpoint", {
        type: "string",
        default: "last",
        requiresArg: true,
        describe: "last, best (lowest unseen loss of those kept) or an epoch",
      })
      .option("metrics", {
        type: "string",
        requiresArg: true,
        describe: "Such as psnr,ssim,lpips=alex.onnx; otherwise those of each run's experiment",
      })
      .option("device", {
        type: "string",
        requiresArg: true,
        describe: deviceDescription,
      })
      .option("json", { type: "boolean", default: false, describe: "Machine-readable" })
      .example("$0 evaluate latest", "On its seen and unseen images and its own sets")
      .example(
        "$0 evaluate faces scenes --on faces --on scenes",
        "Two runs, each on the unseen images of both",
      )
      .example("$0 evaluate datasets.yaml --others", "The networks of a sweep, on each other's unseen images")
      .example("$0 evaluate latest --on ~/Pictures --name mine", "On all images of a folder"),

  async run(options, context) {
    const { openExisting } = await import("../target/existing-store.ts");
    const { untilInterrupted } = await import("../../runner/interrupt.ts");
    const refs = options.run ?? [];
    if (refs.length === 0)
      throw new UserError(
        "evaluate: expected a run: an id, its beginning, a name, latest, a tag, a file or a sweep (hueristic evaluate --help)",
      );
    const metrics = options.metrics === undefined ? null : await readMetrics(options.metrics);
    const device = readDevice("evaluate", options.device);
    const store = await openExisting(options.runs, { readonly: false }, context.output);
    try {
      const jobs = options.others
        ? await readJobsOfOthers(refs, options, store, context)
        : await readJobs(refs, options, store);
      const rows: Row[] = [];
      const exitCode = await untilInterrupted(async (signal) => {
        const { epochOfStep } = await import("../../runner/evaluation/choose-checkpoint.ts");
        const { evaluateRun } = await import("../../runner/evaluation/evaluate-run.ts");
        for (const { run, checkpoint, sets } of jobs) {
          const epoch = epochOfStep(checkpoint.step, run);
          context.output.info(`run ${run.id}: ${plainText(run.name)}, epoch ${epoch}`);
          const found = await evaluateRun(run, checkpoint, sets, {
            store,
            output: context.output,
            signal,
            metrics: metrics ?? (await metricsOf(run)),
            device,
          });
          rows.push({ id: run.id, name: run.name, epoch, ...found });
        }
      });
      if (exitCode === 0 && (jobs.length > 0 || options.json))
        context.print(options.json ? toJson(rows) : await tableOf(rows, context));
      return exitCode;
    } finally {
      store.close();
    }
  },
};

/** All runs, checkpoints and sets are found before the first is measured: a slip in the last one shows now. */
async function readJobs(refs: readonly string[], options: EvaluateOptions, store: Store): Promise<Job[]> {
  const { chooseCheckpoint } = await import("../../runner/evaluation/choose-checkpoint.ts");
  const { isOwn, ownSets, readEvaluationTarget } = await import("../target/evaluation-target.ts");
  const choice = checkpointChoice(options.checkpoint);
  if (choice === null)
    throw new UserError(
      `evaluate: --checkpoint: expected last, best or an epoch, got ${JSON.stringify(options.checkpoint)}`,
    );
  const targets = options.on === undefined ? [] : [options.on].flat();
  const name = options.name ?? null;
  if (name !== null && (targets.length !== 1 || isOwn(targets[0]!)))
    throw new UserError("evaluate: --name: expected together with one --on that names other images");
  const runs = (await findRuns(store, refs)).map((id) => store.getRun(id));
  const { modelOf } = await import("../../models/models.ts");
  const colorless = runs.find(({ experiment: { model } }) => modelOf(model).output(model) === "labels");
  if (colorless)
    throw new UserError(
      `evaluate: run ${colorless.id}: expected a network that makes colors, got a ${colorless.experiment.model.kind}`,
    );
  const shared = new Map<string, WantedSet[]>();
  for (const what of targets)
    if (!isOwn(what)) shared.set(what, await readEvaluationTarget("evaluate", what, name, store));
  return runs.map((run) => {
    const sets =
      targets.length === 0
        ? ownSets(run.experiment, null)
        : targets.flatMap((what) => shared.get(what) ?? ownSets(run.experiment, what));
    const twice = sets.find((set, place) => sets.findIndex(({ name }) => name === set.name) !== place);
    if (twice) throw new UserError(`evaluate: --on: expected every set once, got ${twice.name} again`);
    return { run, checkpoint: chooseCheckpoint(store, run, choice), sets };
  });
}

/** The same of runs that are measured on each other's images. */
async function readJobsOfOthers(
  refs: readonly string[],
  options: EvaluateOptions,
  store: Store,
  { output }: Context,
): Promise<Job[]> {
  const { chooseCheckpoint } = await import("../../runner/evaluation/choose-checkpoint.ts");
  const { othersOf } = await import("../../runner/evaluation/others.ts");
  if (options.on !== undefined || options.name !== undefined)
    throw new UserError("evaluate: --others: expected without --on and --name");
  // What stands of its own images in the store is of its end.
  if (options.checkpoint !== "last")
    throw new UserError(
      "evaluate: --others: expected without --checkpoint, as own images were measured at the end",
    );
  const { ownSets } = await import("../target/evaluation-target.ts");
  const runs = (await findRuns(store, refs)).map((id) => store.getRun(id));
  const { jobs, notes } = withPrefix("evaluate: --others: ", () => othersOf(store, runs));
  for (const note of notes) output.info(note);
  // Other metrics than usual are not there of its own images either.
  const own = (run: RunRow) =>
    options.metrics === undefined || run.experiment.dataset.kind === "elsewhere"
      ? []
      : ownSets(run.experiment, "unseen");
  return jobs
    .map(({ run, sets }) => ({ run, sets: [...own(run), ...sets] }))
    .filter(({ sets }) => sets.length > 0)
    .map(({ run, sets }) => ({ run, checkpoint: chooseCheckpoint(store, run, "last"), sets }));
}

function withPrefix<Found>(prefix: string, find: () => Found): Found {
  try {
    return find();
  } catch (thrown) {
    throw thrown instanceof UserError ? new UserError(`${prefix}${thrown.message}`) : thrown;
  }
}

/** `psnr,lpips=alex.onnx`, as an experiment's `metrics`. */
async function readMetrics(text: string): Promise<readonly MetricConfig[]> {
  const { completeExperiment } = await import("../../experiment/complete-experiment.ts");
  const written = text.split(",").map((part) => {
    const [name, ...weights] = part.split("=");
    return weights.length === 0 ? part.trim() : { name: name!.trim(), weights: weights.join("=") };
  });
  return completeExperiment({ dataset: "synthetic", metrics: written }, "evaluate").metrics;
}

/** Of its experiment; the usual ones where it measured none. */
async function metricsOf({ experiment }: RunRow): Promise<readonly MetricConfig[]> {
  if (experiment.metrics.length > 0) return experiment.metrics;
  const { completeExperiment } = await import("../../experiment/complete-experiment.ts");
  return completeExperiment({ dataset: "synthetic" }, "evaluate").metrics;
}

async function tableOf(rows: readonly Row[], { colors, width }: Context): Promise<string> {
  const { metrics } = await import("../../metrics/metrics.ts");
  const main = metrics.map(({ values: [first] }) => first!.name);
  const series = [...new Set(rows.flatMap(({ values }) => Object.keys(values)))];
  const columns: Column<Row>[] = [
    { title: "id", align: "left", expendable: 0, cell: ({ id }) => id },
    { title: "name", align: "left", expendable: 0, shortest: 12, cell: ({ name }) => plainText(name) },
    { title: "epoch", align: "right", expendable: 1, cell: ({ epoch }) => String(epoch) },
    ...series.map(
      (name): Column<Row> => ({
        title: name,
        align: "right",
        // Left out last where the terminal is narrow.
        expendable: main.some((metric) => name.endsWith(`/${metric}`)) ? 2 : 3,
        cell: ({ values }) => numberOrDash(values[name]),
      }),
    ),
  ];
  const [titles, ...lines] = formatTable(columns, rows, width);
  return `${colors.bold(titles!)}\n${lines.join("\n")}\n`;
}
