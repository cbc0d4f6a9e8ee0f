// hueristic sweep: trains all trials of a sweep file with several processes, or goes on with them.

import { UserError } from "../../errors.ts";
import { shellWord } from "../../runs/format/words.ts";
import type { Store } from "../../store/open-store.ts";
import type { LauncherKind } from "../../sweep/launching/launcher.ts";
import type { Sweep } from "../../sweep/sweep.ts";
import { type Command, type Context, type GlobalOptions, runsFlag } from "../context.ts";
import { requireWhole } from "../target/whole-option.ts";
import { exitCodeOf, retriesOption } from "./agent.ts";

type SweepOptions = GlobalOptions & {
  readonly file: string;
  readonly override: readonly string[] | undefined;
  readonly workers: number;
  readonly retries: number;
  readonly "fail-fast": boolean;
  readonly status: boolean;
  readonly where: string | undefined;
  readonly variant: string | undefined;
  readonly experiment: string | undefined;
  readonly launcher: LauncherKind | "local" | undefined;
  readonly slurm: readonly string[] | undefined;
  readonly k8s: readonly string[] | undefined;
  readonly "dry-run": boolean;
};

export const sweepCommand: Command<SweepOptions> = {
  command: "sweep <file> [override..]",
  summary: "Search for good parameters with many runs",
  lists: ["slurm", "k8s"],
  options: (yargs) =>
    yargs
      .positional("file", {
        type: "string",
        demandOption: true,
        describe: "A sweep in YAML, as W&B writes it, or an experiment",
      })
      .positional("override", {
        type: "string",
        array: true,
        describe: "key=value, key=a,b, key=range(1,4), ~key: parameters in place of the file's",
      })
      .option("workers", { type: "number", default: 1, requiresArg: true, describe: "Processes that train" })
      .option("retries", retriesOption)
      .option("fail-fast", {
        type: "boolean",
        default: false,
        describe: "Stop after the first trial that fails",
      })
      .option("status", {
        type: "boolean",
        default: false,
        describe: "Show where it stands and train nothing",
      })
      .option("where", {
        type: "string",
        requiresArg: true,
        describe: "With --status: only trials of which this is true, in the language of list --where",
      })
      .option("variant", { type: "string", requiresArg: true, describe: "One of the file's variants" })
      .option("experiment", {
        type: "string",
        requiresArg: true,
        describe: "The experiment to vary, in place of the file's",
      })
      .option("launcher", {
        type: "string",
        choices: ["local", "slurm", "k8s"] as const,
        requiresArg: true,
        describe: "Where agents are started; the file's launcher, or here",
      })
      .option("slurm", {
        type: "string",
        array: true,
        requiresArg: true,
        describe: "With --launcher slurm: key=value, in submitit's and sbatch's names",
      })
      .option("k8s", {
        type: "string",
        array: true,
        requiresArg: true,
        describe: "With --launcher k8s: key=value, such as image=… volume_claim=…",
      })
      .option("dry-run", {
        type: "boolean",
        default: false,
        describe: "Show the trials, or with a launcher its script or manifest, and start nothing",
      })
      .example(
        "$0 sweep sweep.yaml --launcher slurm --slurm partition=gpu gres=gpu:1 time=02:00:00 array_parallelism=16",
        "Sixteen agents as a job array",
      )
      .example("$0 sweep sweep.yaml --workers 4", "Four trials at a time; once more goes on")
      .example("$0 sweep sweep.yaml --dry-run", "The trials that it would train")
      .example("$0 sweep sweep.yaml --status", "Where it stands")
      .example(
        "$0 sweep sweep.yaml --status --where 'state = complete and train.batch_size >= 16'",
        "Some of its trials",
      )
      .example("$0 sweep base.yaml train.batch_size=16,32 seed=1,2,3", "All combinations, each thrice"),

  async run(options, context) {
    const { file, workers, retries, runs, status, where } = options;
    requireWhole("--workers", workers, 1);
    requireWhole("--retries", retries, 0);
    if (where !== undefined && !status)
      throw new UserError("sweep: --where: expected together with --status");
    const { loadSweep } = await import("../../sweep/file/load-sweep.ts");
    const { missingFiles } = await import("../../sweep/file/missing-files.ts");
    const { sweepId } = await import("../../sweep/scheduling/identity.ts");
    const { openStore } = await import("../../store/open-store.ts");
    const { readSharedSweep, shareSweep } = await import("../../store/shared-sweeps/shared-sweep.ts");
    const { openExisting } = await import("../target/existing-store.ts");
    const { variant = null, experiment = null } = options;
    const { sweep, notes, launcher, experiments } = loadSweep(file, {
      variant,
      experiment,
      overrides: options.override ?? [],
    });
    const { slurm = [], k8s = [], "dry-run": isDry } = options;
    const { launcherMeant, launchSweep, launchText } = await import("../target/launch-sweep.ts");
    const asked = launcherMeant(launcher, { launcher: options.launcher ?? null, slurm, k8s });
    const id = sweepId(sweep);
    if (isDry && status) throw new UserError("sweep: expected either --dry-run or --status, got both");
    if (isDry && asked === null) {
      for (const note of notes) context.output.info(note);
      const { sweepPlan } = await import("../print/sweep-plan.ts");
      context.print(`${sweepPlan(sweep, id, context.width).join("\n")}\n`);
    }
    const missing = status ? [] : missingFiles(sweep, experiments);
    if (missing.length > 0) throw new UserError(missing.join("\n"));
    const launching = {
      id,
      sweep,
      runs,
      statusCommand: statusCommand(options),
      agentOptions: agentOptions(options),
    };
    if (isDry) {
      if (asked !== null) context.print(launchText(asked, launching));
      return 0;
    }
    if (asked !== null && !status) {
      for (const note of notes) context.output.info(note);
      return await launchSweep(asked, launching, context);
    }
    const store = status ? await openExisting(runs, { readonly: true }, context.output) : openStore(runs);
    try {
      if (!status) {
        for (const note of notes) context.output.info(note);
        const definition = JSON.stringify(sweep);
        store.saveSweep({ id, name: sweep.name, definition });
        // Agents of a sweep of several hosts read it from its folder.
        const shared = readSharedSweep(runs, id);
        if (shared !== null) shareSweep(runs, { ...shared, definition });
      }
      const code = status ? 0 : await train(store, id, sweep, options, context);
      await printStandings(store, id, sweep, status, where, context);
      return code;
    } finally {
      store.close();
    }
  },
};

async function train(
  store: Store,
  id: string,
  sweep: Sweep,
  options: SweepOptions,
  { output }: Context,
): Promise<number> {
  const path = await import("node:path");
  const { exitCodes, watchInterrupts } = await import("../../runner/interrupt.ts");
  const { watchSweep } = await import("../print/sweep-watch.ts");
  const logFile = path.join(options.runs, `sweep-${id}.log`);
  output.info(`sweep ${id}: ${sweep.name}, ${sweep.method}; workers write to ${logFile}`);
  output.info(`to help from another shell: hueristic agent ${id}${runsFlag(options.runs)}`);
  const workers = await startAgents(id, options, logFile);
  const interrupt = watchInterrupts((signal) => {
    output.info(`${signal}: the trials under way are saved and stopped; once more stops at once`);
    workers.signal("SIGTERM");
  });
  const { mergeShared } = await import("../../store/shared-sweeps/merge-shared.ts");
  const refresh = () => mergeShared(options.runs, output);
  const stopWatching = watchSweep(store, id, sweep, process.stderr, refresh);
  try {
    const { code: worst, fault } = await workers.ended;
    const signal = interrupt.signal();
    if (signal !== null) return exitCodes[signal];
    if (fault !== null)
      throw new UserError(`${fault}; the sweep stopped, and the same command goes on with it`);
    if (worst !== 0) return worst === 143 ? 1 : worst;
  } finally {
    stopWatching();
    interrupt.close();
  }
  const states = store.trials(id).map(({ state }) => state);
  if (states.some((state) => state === "waiting" || state === "running")) {
    output.error(`some trials are not done; see ${logFile}, and start the sweep again to go on`);
    return 1;
  }
  const { finishSweep } = await import("../target/finish-sweep.ts");
  return (await finishSweep(store, id, sweep, output)) || exitCodeOf(states);
}

/** What agents are told as the sweep was. */
function agentOptions(options: SweepOptions): string[] {
  return ["--retries", `${options.retries}`, ...(options["fail-fast"] ? ["--fail-fast"] : [])];
}

function statusCommand({ file, override = [], variant, experiment, runs }: SweepOptions): string {
  const words = [
    file,
    ...override,
    ...(variant === undefined ? [] : ["--variant", variant]),
    ...(experiment === undefined ? [] : ["--experiment", experiment]),
  ];
  return `hueristic sweep ${words.map(shellWord).join(" ")} --status${runsFlag(runs)}`;
}

async function startAgents(id: string, options: SweepOptions, logFile: string) {
  const os = await import("node:os");
  const { hostGpus, mayHaveGpu } = await import("../../engine/host-gpus.ts");
  const { startWorkers } = await import("../../sweep/scheduling/workers.ts");
  const { gpuOf, threadsPerWorker } = await import("../../sweep/scheduling/worker-environment.ts");
  const { workers: count, runs } = options;
  const threads = threadsPerWorker(os.availableParallelism(), count);
  const gpus = mayHaveGpu() ? hostGpus().filter(({ nvidia }) => nvidia).length : 0;
  return startWorkers({
    count,
    args: ["agent", id, "--runs", runs, "--threads", `${threads}`, ...agentOptions(options)],
    environment: (index) => gpuOf(index, gpus, process.env.CUDA_VISIBLE_DEVICES),
    logFile,
  });
}

async function printStandings(
  store: Store,
  id: string,
  sweep: Sweep,
  all: boolean,
  where: string | undefined,
  context: Context,
) {
  const { configurationsOf, standingsOf } = await import("../../sweep/scheduling/standings.ts");
  const { configurationTable, progressLine, trialTable } = await import("../print/sweep-table.ts");
  const { print, width, output } = context;
  const begun = standingsOf(store, store.trials(id), sweep.metric);
  if (begun.length === 0) {
    output.info(`sweep ${id}: no trial was begun yet`);
    return;
  }
  const { trialFilter } = await import("../target/trial-filter.ts");
  const standings = where === undefined ? begun : begun.filter(trialFilter(where, sweep, begun));
  if (standings.length === 0) {
    output.info(`sweep ${id}: no trial fulfils --where`);
    return;
  }
  if (all) print(`${trialTable(standings, sweep, width).join("\n")}\n\n`);
  print(`${configurationTable(configurationsOf(standings, sweep), sweep, width).join("\n")}\n`);
  if (all || !process.stderr.isTTY) output.info(progressLine(begun, sweep));
  const failed = standings.filter(({ trial }) => trial.error !== null);
  for (const { trial } of failed) output.warn(`trial ${trial.number} ${trial.state}: ${trial.error}`);
}
