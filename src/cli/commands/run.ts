// hueristic run: trains experiments, one after another.

import { messageOf, UserError } from "../../errors.ts";
import type { Experiment } from "../../experiment/experiment.ts";
import type { FromScratch } from "../../runner/resume-point.ts";
import type { RunResult } from "../../runner/run-experiment.ts";
import { shellWord } from "../../runs/format/words.ts";
import type { Spool } from "../../store/spool/spool.ts";
import { type Command, type Context, type GlobalOptions, runsFlag } from "../context.ts";
import { deviceDescription } from "../target/device-option.ts";

type RunOptions = GlobalOptions & {
  readonly experiment: readonly string[] | undefined;
  readonly report: string | undefined;
  readonly "dry-run": boolean;
  readonly resume: string | undefined;
  readonly "from-scratch": boolean;
  readonly device: string | undefined;
  readonly spool: boolean;
};

/** What is to be trained: a file's experiment, or a run that goes on. */
type Job = {
  readonly experiment: Experiment;
  readonly source: string | null;
  readonly resume: string | null;
  readonly fromScratch: FromScratch;
};

export const runCommand: Command<RunOptions> = {
  command: "run [experiment..]",
  summary: "Train experiments",
  options: (yargs) =>
    yargs
      .positional("experiment", {
        type: "string",
        array: true,
        describe: "YAML files, and key=value for what should differ from them",
      })
      .option("report", {
        type: "string",
        describe: "Write the report afterwards, to this .html file or into the runs folder",
      })
      .option("dry-run", {
        type: "boolean",
        default: false,
        describe: "Print the complete experiment and train nothing",
      })
      .option("resume", {
        type: "string",
        requiresArg: true,
        describe: "Go on with this run from its newest checkpoint",
      })
      .option("from-scratch", {
        type: "boolean",
        default: false,
        describe: "With --resume: train it anew and delete what it has logged",
      })
      .option("device", {
        type: "string",
        requiresArg: true,
        describe: `${deviceDescription}, whatever the experiment says`,
      })
      .option("spool", {
        type: "boolean",
        default: false,
        describe:
          "Off the machine of the store, as in a job of a cluster: log into the spool of the runs folder",
      })
      .example("$0 run experiments/demo.yaml --report", "Train, then write the report")
      .example("$0 run experiments/demo.yaml train.epochs=2 seed=7", "With other values")
      .example("$0 run experiments/*.yaml", "One after another; a failure does not stop the next")
      .example("$0 run experiments/demo.yaml --dry-run", "See every value, defaults included")
      .example("$0 run experiments/demo.yaml --device webgpu", "On the GPU, through its Vulkan driver")
      .example("$0 run --resume latest", "After Ctrl-C or a crash")
      .example("$0 run --resume latest train.epochs=40", "Train a finished run on"),

  async run(options, context) {
    const { files, overrides: written, report } = sortArguments(options);
    const overrides = options.device === undefined ? written : [...written, `device=${options.device}`];
    if (options.resume === undefined && files.length === 0)
      throw new UserError(
        "run: expected an experiment file, such as experiments/demo.yaml, or --resume <run>",
      );

    const failures: number[] = [];
    /** One failing experiment does not stop the next. */
    const attempt = async <T>(action: () => Promise<T>): Promise<T | null> => {
      try {
        return await action();
      } catch (thrown) {
        failures.push(context.reportError(thrown, options.debug));
        return null;
      }
    };

    // All are read before the first is trained: a typo in the last one shows now, not tomorrow.
    const jobs: Job[] = [];
    if (options.resume !== undefined) jobs.push(await resumeJob(options, files, overrides, context));
    else
      for (const file of files) {
        const job = await attempt(() => fileJob(file, overrides));
        if (job !== null) jobs.push(job);
      }

    if (options["dry-run"]) await printExperiments(jobs, context);
    else
      for (const job of jobs) {
        const result = await attempt(() =>
          withSpool(job.resume, options, context, async (spool) => {
            const result = await train(job, options.runs, spool, context);
            if (result.exitCode !== 0) failures.push(result.exitCode);
            if (result.runId !== null) {
              const { runId } = result;
              const folders = { runs: options.runs, store: spool?.storeFolder ?? options.runs };
              if (report !== null) await attempt(() => writeRunReport(job, runId, report, folders, context));
              await sayWhatWasMeasured(runId, folders.store, context);
              sayHowToGoOn(result, runId, options, context);
            }
            return result;
          }),
        );
        if (result?.status === "KILLED") break;
      }
    return Math.max(0, ...failures);
  },
};

/** `--report` may stand before the files: only an .html file is its value. */
function sortArguments({ experiment = [], report }: RunOptions) {
  const isReportFile = report === undefined || report === "" || /\.html?$/i.test(report);
  const all = isReportFile ? experiment : [report, ...experiment];
  const isOverride = (text: string) => /^(\+{0,2}[\p{L}_][^\s=/\\]*=|~[\p{L}_][^\s/\\]*$)/u.test(text);
  return {
    files: all.filter((text) => !isOverride(text)),
    overrides: all.filter(isOverride),
    /** null writes none, "" one with the usual name. */
    report: report === undefined ? null : isReportFile ? report : "",
  };
}

async function fileJob(file: string, overrides: readonly string[]): Promise<Job> {
  const { loadExperiment } = await import("../../experiment/load-experiment.ts");
  return { experiment: loadExperiment(file, overrides), source: file, resume: null, fromScratch: "never" };
}

async function resumeJob(
  options: RunOptions,
  files: readonly string[],
  overrides: readonly string[],
  context: Context,
): Promise<Job> {
  if (files.length > 0)
    throw new UserError(
      `--resume: the run has its own experiment, so expected no file, got ${files.join(", ")}`,
    );
  const other = overrides.find((text) => !/^(train\.epochs|device)=/.test(text));
  if (other !== undefined)
    throw new UserError(
      `--resume: only train.epochs and the device may change in a run, got ${other}; start a new run for anything else`,
    );
  const ref = options.resume!;
  if (!options.spool) return storedJob(ref, overrides, options, options.runs, context);
  const id = await runInSpool(ref, options.runs);
  return withSpool(id, options, context, (spool) =>
    storedJob(id, overrides, options, spool!.storeFolder, context),
  );
}

/** The run of the spool whose id begins so. */
async function runInSpool(ref: string, runsFolder: string): Promise<string> {
  const { spoolFiles, spoolFolder } = await import("../../store/spool/spool-files.ts");
  const known = [...spoolFiles(runsFolder).keys()];
  const found = known.includes(ref) ? [ref] : known.filter((id) => id.startsWith(ref));
  if (found.length === 1) return found[0]!;
  throw new UserError(
    found.length > 1
      ? `--resume: ${JSON.stringify(ref)}: several runs in ${spoolFolder(runsFolder)} begin so: ${found.slice(0, 5).join(", ")}`
      : `--resume: ${JSON.stringify(ref)}: no run in ${spoolFolder(runsFolder)} begins so; one that began in the store itself goes on there, without --spool`,
  );
}

/** The run of a store, as a job that goes on with it. */
async function storedJob(
  ref: string,
  overrides: readonly string[],
  { runs: runsFolder, "from-scratch": fromScratch, spool }: RunOptions,
  storeFolder: string,
  { output }: Context,
): Promise<Job> {
  const { findSummary } = await import("../print/read-summary.ts");
  const { openExisting } = await import("../target/existing-store.ts");
  const { findRun } = await import("../target/run-references.ts");
  // Opened as the training will, so that a database of an older version is brought to this one.
  const store = await openExisting(storeFolder, { readonly: false }, output);
  try {
    const run = findSummary(store, await findRun(store, ref));
    if (run.experiment.dataset.kind === "elsewhere")
      throw new UserError(`run ${run.id}: was trained elsewhere and imported: it cannot be trained on here`);
    if (!spool) await requireNotInSpool(run.id, runsFolder, overrides);
    const experiment = await withOverrides(run.experiment, overrides);
    const { epochs } = experiment.train;
    const done = run.lastEpoch ?? 0;
    if (!fromScratch && done >= epochs && (run.status === "FINISHED" || done > epochs))
      throw new UserError(
        `run ${run.id}: has trained ${done} ${done === 1 ? "epoch" : "epochs"} already, all that were asked for; to train on: hueristic run --resume ${run.id} train.epochs=${2 * done}${spoolFlag(spool)}${runsFlag(runsFolder)}`,
      );
    return {
      experiment,
      source: run.source,
      resume: run.id,
      fromScratch: fromScratch ? "always" : "never",
    };
  } finally {
    store.close();
  }
}

/** What goes on in the store is not seen by whoever goes on with the run in the spool: it would fork. */
async function requireNotInSpool(id: string, runsFolder: string, overrides: readonly string[]) {
  const { spoolFiles } = await import("../../store/spool/spool-files.ts");
  const newest = spoolFiles(runsFolder).get(id)?.[0];
  if (newest === undefined) return;
  const words = [id, ...overrides].join(" ");
  throw new UserError(
    `run ${id}: is trained in the spool (${newest.path}) and goes on there, on any machine: hueristic run --resume ${words} --spool${runsFlag(runsFolder)}`,
  );
}

/** The stored experiment, checked anew with another number of epochs or another device. */
async function withOverrides(experiment: Experiment, overrides: readonly string[]): Promise<Experiment> {
  if (overrides.length === 0) return experiment;
  const { completeExperiment } = await import("../../experiment/complete-experiment.ts");
  const { device, train } = completeExperiment(experiment, "the stored experiment", overrides);
  return { ...experiment, device, train: { ...experiment.train, epochs: train.epochs } };
}

async function printExperiments(jobs: readonly Job[], { print }: Context): Promise<void> {
  const { experimentToYaml } = await import("../../experiment/text/experiment-to-yaml.ts");
  print(jobs.map(({ experiment }) => experimentToYaml(experiment)).join("---\n"));
}

/** With --spool `work` gets a spool, which has the run to resume; whatever could not be published is kept. */
async function withSpool<T>(
  resume: string | null,
  { spool: wanted, runs }: RunOptions,
  { output }: Context,
  work: (spool: Spool | null) => Promise<T>,
): Promise<T> {
  if (!wanted) return work(null);
  const { openSpool } = await import("../../store/spool/spool.ts");
  const spool = openSpool(runs, { resume, warn: output.warn });
  try {
    if (resume !== null && spool.resume === null)
      throw new UserError(`run ${resume}: nothing that it logged can be read; start it anew`);
    return await work(spool);
  } finally {
    const kept = spool.close();
    if (kept !== null)
      output.warn(
        `what could not be published is kept in ${kept} of this machine; on that of the store hueristic import takes it in`,
      );
  }
}

async function train(
  { experiment, source, resume, fromScratch }: Job,
  runsFolder: string,
  spool: Spool | null,
  { output }: Context,
) {
  const { runExperiment } = await import("../../runner/run-experiment.ts");
  const spooled = spool === null ? {} : { spool };
  return runExperiment(experiment, { runsFolder, source, resume, fromScratch, output, ...spooled });
}

/** Where the report goes, and where the store is that it reads. */
type Folders = { readonly runs: string; readonly store: string };

async function writeRunReport(job: Job, runId: string, file: string, folders: Folders, context: Context) {
  const path = await import("node:path");
  const { writeReportOf } = await import("./report.ts");
  const name = job.experiment.name.replaceAll(/[^\p{L}\p{N}._-]+/gu, "-");
  const out = file === "" ? path.join(folders.runs, `${name}-${runId}.html`) : file;
  try {
    await writeReportOf(folders.store, [runId], { out, png: null }, context);
  } catch (thrown) {
    if (!(thrown instanceof UserError)) throw thrown;
    throw new UserError(`the run is stored, but not its report: ${messageOf(thrown)}`);
  }
}

/** How good its colors are and which there are, where the network makes some. */
async function sayWhatWasMeasured(runId: string, runsFolder: string, { output }: Context): Promise<void> {
  const { openStore } = await import("../../store/open-store.ts");
  const { readEmergence } = await import("../../store/read-emergence.ts");
  const { readMetrics } = await import("../../store/read-metrics.ts");
  const { emergenceLine } = await import("../print/emergence-line.ts");
  const { metricLine } = await import("../print/metric-table.ts");
  const store = openStore(runsFolder, { readonly: true });
  try {
    const { stepsPerEpoch } = store.getRun(runId);
    const seriesOf = (name: string) => store.series(runId, name);
    const measured = readMetrics(store.allSeries(runId), stepsPerEpoch);
    const line = measured && metricLine(measured);
    if (line !== null) output.info(`metrics:  unseen ${line}`);
    const emergence = readEmergence(seriesOf, stepsPerEpoch);
    if (emergence !== null) output.info(`colors:  ${emergenceLine(emergence)}`);
  } finally {
    store.close();
  }
}

const spoolFlag = (spool: boolean) => (spool ? " --spool" : "");

function sayHowToGoOn(
  { status }: RunResult,
  runId: string,
  { runs, spool }: RunOptions,
  { output }: Context,
): void {
  const flag = runsFlag(runs);
  const id = shellWord(runId);
  if (status === "KILLED") output.info(`to go on: hueristic run --resume ${id}${spoolFlag(spool)}${flag}`);
  output.info(`results:  hueristic show ${id}${flag}`);
  output.info(`          hueristic report ${id}${flag}`);
}
