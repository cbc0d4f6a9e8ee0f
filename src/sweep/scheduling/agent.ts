// An agent pulls trials of one sweep until none is left. Any number of them may work on a sweep, in any processes, and leave
// at any time.

import { setTimeout as sleep } from "node:timers/promises";
import type { Output } from "../../output.ts";
import { exitCodes, watchInterrupts } from "../../runner/interrupt.ts";
import { type Claim, isOpen } from "../../store/trial-leases.ts";
import { trialExperiments } from "../trial-experiment.ts";
import { nextTrial } from "./next-trial.ts";
import { trainTrial } from "./train-trial.ts";
import type { AgentPlace, TrialBoard } from "./trial-board.ts";

export type AgentOptions = {
  readonly retries: number;
  /** Leave after the first trial that failed or diverged. */
  readonly failFast: boolean;
  readonly threads: number;
  /** Asked before each trial; never to where it is left out. */
  readonly isToLeave?: () => boolean;
  readonly output: Output;
};

/** How often an agent looks whether a trial of the others became free: a quarter of the time between two heartbeats. */
const looksPerHeartbeat = 4;

/** Gives the exit code: 0, 1 where `failFast` ended it, or that of the signal which stopped it. */
export async function runAgent(
  { board, openWorkplace }: AgentPlace,
  id: string,
  options: AgentOptions,
): Promise<number> {
  const { retries, failFast, output, threads, isToLeave = () => false } = options;
  const experimentOf = trialExperiments(board.definition());
  const claim = (): Claim => {
    const sweep = board.definition();
    return board.claimTrial(id, { retries, next: (trials) => nextTrial(sweep, board, trials) });
  };

  const interrupt = watchInterrupts(() => {});
  try {
    for (;;) {
      const signal = interrupt.signal();
      if (signal !== null) return exitCodes[signal];
      if (isToLeave()) return 0;
      const trial = claim();
      if (trial === "done") return 0;
      if (trial === "wait") {
        await sleep(board.heartbeatEveryMs / looksPerHeartbeat, undefined, { signal: interrupt.abort }).catch(
          () => {},
        );
        continue;
      }
      const before = trial.runId === null ? "begins" : `goes on as run ${trial.runId}`;
      output.info(`trial ${trial.number}: ${before}`);
      const sweep = board.definition();
      const surroundings = { board, openWorkplace, sweep, experimentOf, output, threads };
      const { state } = await trainTrial(trial, surroundings);
      output.info(`trial ${trial.number}: ${state === "waiting" ? "stopped" : state}`);
      if (failFast && (state === "failed" || state === "diverged")) return 1;
    }
  } finally {
    interrupt.close();
  }
}

/** Whether an agent that begins now would find a trial, or one of another's to wait for. */
export function isWorkLeft(board: TrialBoard, retries: number): boolean {
  const trials = board.trials();
  if (trials.some((trial) => trial.state === "running" || isOpen(trial, retries))) return true;
  return nextTrial(board.definition(), board, trials) !== null;
}
