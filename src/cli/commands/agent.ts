// hueristic agent: trains trials of a sweep that another shell began.

import { UserError } from "../../errors.ts";
import type { TrialRowState } from "../../store/sweeps.ts";
import type { FaultMessage } from "../../sweep/scheduling/workers.ts";
import type { Sweep } from "../../sweep/sweep.ts";
import type { Command, GlobalOptions } from "../context.ts";

type AgentOptions = GlobalOptions & {
  readonly sweep: string;
  readonly retries: number;
  readonly "fail-fast": boolean;
  readonly threads: number | undefined;
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
      .example("$0 agent latest", "Train trials of the newest sweep until none is left")
      .example("$0 agent latest --threads 2", "Leave the other cores to others"),

  async run({ sweep, retries, threads, runs, "fail-fast": failFast }, { output }) {
    requireCount("--retries", retries, 0);
    if (threads !== undefined) requireCount("--threads", threads, 1);
    const { openStore } = await import("../../store/open-store.ts");
    const { runAgent } = await import("../../sweep/scheduling/agent.ts");
    const { sweepMeant } = await import("../target/run-references.ts");
    const os = await import("node:os");
    const { machineFault } = await import("../../sweep/scheduling/machine-fault.ts");
    leaveWithParent();
    try {
      const reading = openStore(runs, { readonly: true }); // a folder without a store is not made one
      const id = await sweepMeant(reading, sweep);
      reading.close();
      const store = openStore(runs);
      try {
        const all = os.availableParallelism();
        const code = await runAgent(store, id, { retries, failFast, threads: threads ?? all, output });
        // Of a worker the parent looks at what became of the trials.
        if (code !== 0 || process.send !== undefined) return code;
        const { finishSweep } = await import("../target/finish-sweep.ts");
        const sweep = JSON.parse(store.getSweep(id).definition) as Sweep;
        return (
          (await finishSweep(store, id, sweep, output)) ||
          exitCodeOf(store.trials(id).map(({ state }) => state))
        );
      } finally {
        store.close();
      }
    } catch (thrown) {
      const fault = machineFault(thrown);
      if (fault === null) throw thrown;
      await tellParent({ fault: fault.message });
      throw fault;
    }
  },
};

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

/** A worker whose parent was killed saves its trial and ends. */
function leaveWithParent(): void {
  if (process.channel === undefined || process.channel === null) return;
  process.once("disconnect", () => process.kill(process.pid, "SIGTERM"));
  process.channel.unref();
}
