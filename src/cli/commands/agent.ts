// hueristic agent: trains trials of a sweep that another shell began.

import { UserError } from "../../errors.ts";
import type { Output } from "../../output.ts";
import type { TrialRowState } from "../../store/sweeps.ts";
import type { FaultMessage } from "../../sweep/scheduling/workers.ts";
import type { Command, GlobalOptions } from "../context.ts";

type AgentOptions = GlobalOptions & {
  readonly sweep: string;
  readonly retries: number;
  readonly "fail-fast": boolean;
  readonly threads: number | undefined;
  readonly requeue: boolean;
};

export const agentCommand: Command<AgentOptions> = {
  command: "agent <sweep>",
  summary: "Help with a sweep from another shell",
  options: (yargs) =>
    yargs
      .positional("sweep", {
        type: "string",
        demandOption: true,
        describe: "Its id, the beginning of it, its name, its file, or latest",
      })
      .option("retries", retriesOption)
      .option("fail-fast", {
        type: "boolean",
        default: false,
        describe: "Leave after the first trial that fails",
      })
      .option("threads", { type: "number", requiresArg: true, describe: "Threads to train with; all cores" })
      .option("requeue", {
        type: "boolean",
        default: false,
        describe: "At SIGUSR1, save and have Slurm start this job again",
      })
      .example("$0 agent latest", "Train trials of the newest sweep until none is left")
      .example("$0 agent latest --threads 2", "Leave the other cores to others"),

  async run(options, { output }) {
    const { retries, threads } = options;
    requireCount("--retries", retries, 0);
    if (threads !== undefined) requireCount("--threads", threads, 1);
    const { machineFault } = await import("../../sweep/scheduling/machine-fault.ts");
    leaveWithParent();
    const isToRequeue = options.requeue ? await requeueAtSignal() : () => false;
    try {
      const code = await work(options, output);
      if (isToRequeue()) await requeueJob(output);
      return code;
    } catch (thrown) {
      const fault = machineFault(thrown);
      if (fault === null) throw thrown;
      await tellParent({ fault: fault.message });
      throw fault;
    }
  },
};

async function work(
  { sweep: ref, retries, threads, runs, "fail-fast": failFast }: AgentOptions,
  output: Output,
): Promise<number> {
  const os = await import("node:os");
  const { openStore } = await import("../../store/open-store.ts");
  const { runAgent } = await import("../../sweep/scheduling/agent.ts");
  const { agentPlaceInStore, sharedAgentPlace } = await import("../../sweep/scheduling/trial-board.ts");
  const settings = { retries, failFast, threads: threads ?? os.availableParallelism(), output };
  const id = await sweepOfAgent(runs, ref);
  const shared = sharedAgentPlace(runs, id, output);
  // The store belongs to one machine: an agent of another one never opens it.
  const store = shared === null ? openStore(runs) : null;
  const place = shared ?? agentPlaceInStore(store!, id);
  const { board } = place;
  try {
    const code = await runAgent(place, id, settings);
    // Of a worker the parent looks at what became of the trials.
    if (code !== 0 || process.send !== undefined) return code;
    const { finishSweep } = await import("../target/finish-sweep.ts");
    const finished = store === null ? 0 : await finishSweep(store, id, board.definition(), output);
    return finished || exitCodeOf(board.trials().map(({ state }) => state));
  } finally {
    store?.close();
  }
}

/** Of a sweep of several hosts its id alone tells it, without a store. */
async function sweepOfAgent(runs: string, ref: string): Promise<string> {
  const { openStore } = await import("../../store/open-store.ts");
  const { readSharedSweep } = await import("../../store/shared-sweeps/shared-sweep.ts");
  const { sweepMeant } = await import("../target/run-references.ts");
  if (readSharedSweep(runs, ref) !== null) return ref;
  const reading = openStore(runs, { readonly: true }); // a folder without a store is not made one
  try {
    return await sweepMeant(reading, ref);
  } finally {
    reading.close();
  }
}

function tellParent(message: FaultMessage): Promise<void> {
  return new Promise((resolve) => {
    if (process.send === undefined) resolve();
    else process.send(message, () => resolve());
  });
}

export const retriesOption = {
  type: "number",
  default: 0,
  requiresArg: true,
  describe: "How often a trial that failed is tried again",
} as const;

/** 1 where a trial failed or diverged. */
export function exitCodeOf(states: readonly TrialRowState[]): number {
  return states.includes("failed") || states.includes("diverged") ? 1 : 0;
}

/** Throws UserError unless `value` is a whole number from `least` on. */
export function requireCount(option: string, value: number, least: number): void {
  if (!Number.isInteger(value) || value < least)
    throw new UserError(`${option}: expected a whole number, at least ${least}, got ${value}`);
}

/** SIGUSR1, which Slurm sends some time before it ends a job, stops as SIGTERM does; gives whether it came. */
async function requeueAtSignal(): Promise<() => boolean> {
  let came = false;
  process.on("SIGUSR1", () => {
    if (came) return; // the second SIGTERM would not let it save
    came = true;
    process.kill(process.pid, "SIGTERM");
  });
  return () => came;
}

async function requeueJob(output: Output): Promise<void> {
  const { requeueThisJob } = await import("../../sweep/launching/slurm-commands.ts");
  output.info(`SIGUSR1: ${await requeueThisJob()} is put back into Slurm's queue, where it goes on`);
}

/** A worker whose parent was killed saves its trial and ends. */
function leaveWithParent(): void {
  if (process.channel === undefined || process.channel === null) return;
  process.once("disconnect", () => process.kill(process.pid, "SIGTERM"));
  process.channel.unref();
}
