// hueristic agent: trains trials of a sweep that another shell began.

import { messageOf } from "../../errors.ts";
import type { Output } from "../../output.ts";
import type { Store } from "../../store/open-store.ts";
import type { TrialRowState } from "../../store/sweeps.ts";
import type { AgentPlace } from "../../sweep/scheduling/trial-board.ts";
import type { FaultMessage } from "../../sweep/scheduling/workers.ts";
import type { Command, GlobalOptions } from "../context.ts";
import { requireWhole } from "../target/whole-option.ts";

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
    requireWhole("--retries", retries, 0);
    if (threads !== undefined) requireWhole("--threads", threads, 1);
    const { machineFault } = await import("../../sweep/scheduling/machine-fault.ts");
    leaveWithParent();
    const isToRequeue = options.requeue ? requeueAtSignal() : () => false;
    try {
      return await work(options, isToRequeue, output);
    } catch (thrown) {
      const fault = machineFault(thrown);
      if (fault === null) throw thrown;
      await tellParent({ fault: fault.message });
      throw fault;
    } finally {
      if (isToRequeue()) await requeueJob(options, output);
    }
  },
};

async function work(options: AgentOptions, isToLeave: () => boolean, output: Output): Promise<number> {
  const os = await import("node:os");
  const { runAgent } = await import("../../sweep/scheduling/agent.ts");
  const { jobOfScheduler } = await import("../../sweep/scheduling/job-of-scheduler.ts");
  const { retries, threads, "fail-fast": failFast } = options;
  const settings = { retries, failFast, threads: threads ?? os.availableParallelism(), isToLeave, output };
  const { id, place, store } = await openPlace(options, output);
  const { board } = place;
  try {
    const code = await runAgent(place, id, settings);
    // Of a worker the parent looks at what became of the trials.
    if (code !== 0 || process.send !== undefined) return code;
    // To a scheduler it is no failure of its own that a trial of somebody failed: there is nothing left to do again.
    if (store === null && jobOfScheduler(process.env) !== null) return 0;
    const { finishSweep } = await import("../target/finish-sweep.ts");
    const finished = store === null ? 0 : await finishSweep(store, id, board.definition(), output);
    return finished || exitCodeOf(board.trials().map(({ state }) => state));
  } finally {
    store?.close();
  }
}

type Place = { readonly id: string; readonly place: AgentPlace; readonly store: Store | null };

/** The store belongs to one machine: of a sweep of several hosts it is not opened, and is null. */
async function openPlace({ sweep: ref, runs }: AgentOptions, output: Output): Promise<Place> {
  const { openStore } = await import("../../store/open-store.ts");
  const { agentPlaceInStore, sharedAgentPlace } = await import("../../sweep/scheduling/trial-board.ts");
  const id = await sweepOfAgent(runs, ref);
  const shared = sharedAgentPlace(runs, id, output);
  if (shared !== null) return { id, place: shared, store: null };
  const store = openStore(runs);
  return { id, place: agentPlaceInStore(store, id), store };
}

/** Of a sweep of several hosts its id alone tells it, without a look into the store; anything else may also mean one in there. */
async function sweepOfAgent(runs: string, ref: string): Promise<string> {
  const { hasDatabase } = await import("../../store/open-database.ts");
  const { openStore } = await import("../../store/open-store.ts");
  const { listSharedSweeps, readSharedSweep } = await import("../../store/shared-sweeps/shared-sweep.ts");
  const { sweepMeant } = await import("../target/run-references.ts");
  if (readSharedSweep(runs, ref) !== null) return ref;
  const shared = listSharedSweeps(runs);
  if (shared.length > 0 && !hasDatabase(runs)) return await sweepMeant({ listSweeps: () => shared }, ref);
  const reading = openStore(runs, { readonly: true }); // a folder without a store is not made one
  try {
    const byId = new Map([...shared, ...reading.listSweeps()].map((sweep) => [sweep.id, sweep]));
    const all = [...byId.values()].sort((a, b) => b.createdAt - a.createdAt);
    return await sweepMeant({ listSweeps: () => all }, ref);
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

/**
 * SIGUSR1, which Slurm sends some time before it ends a job, stops as SIGTERM does; gives whether it came. Before the first trial
 * nobody listens to SIGTERM: then none is begun.
 */
function requeueAtSignal(): () => boolean {
  let came = false;
  process.on("SIGUSR1", () => {
    if (came) return; // the second SIGTERM would not let it save
    came = true;
    if (process.listenerCount("SIGTERM") > 0) process.kill(process.pid, "SIGTERM");
  });
  return () => came;
}

/** Unless nothing is left to do. Where it cannot be said, or Slurm refuses, the agent ends as it would have. */
async function requeueJob(options: AgentOptions, output: Output): Promise<void> {
  const { requeueThisJob } = await import("../../sweep/launching/slurm-commands.ts");
  const { isWorkLeft } = await import("../../sweep/scheduling/agent.ts");
  try {
    const { place, store } = await openPlace(options, output);
    const isLeft = isWorkLeft(place.board, options.retries);
    store?.close();
    if (!isLeft) output.info("SIGUSR1: no trial is left, so this job ends here");
    else output.info(`SIGUSR1: ${await requeueThisJob()} is put back into Slurm's queue, where it goes on`);
  } catch (thrown) {
    output.error(`SIGUSR1: this job is not put back into Slurm's queue: ${messageOf(thrown)}`);
  }
}

/** A worker whose parent was killed saves its trial and ends. */
function leaveWithParent(): void {
  if (process.channel === undefined || process.channel === null) return;
  process.once("disconnect", () => process.kill(process.pid, "SIGTERM"));
  process.channel.unref();
}
