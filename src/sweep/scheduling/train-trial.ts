// One trial, from the lease to its end: the run is begun or goes on from its checkpoint, and however it ends is
// recorded with the trial.

import { failureOf, messageOf, UserError } from "../../errors.ts";
import type { Experiment } from "../../experiment/experiment.ts";
import type { Output } from "../../output.ts";
import type { RunResult } from "../../runner/run-experiment.ts";
import type { TrialRow } from "../../store/sweeps.ts";
import type { Measured, TrialEnding } from "../../store/trial-leases.ts";
import { shouldPrune } from "../pruning/should-prune.ts";
import type { Parameters, Sweep } from "../sweep.ts";
import { machineFault } from "./machine-fault.ts";
import { pastTrials } from "./past-trials.ts";
import type { TrialBoard } from "./trial-board.ts";
import type { OpenWorkplace, Workplace } from "./workplace.ts";

export type TrialSurroundings = {
  readonly board: TrialBoard;
  readonly openWorkplace: OpenWorkplace;
  readonly sweep: Sweep;
  readonly experimentOf: (parameters: Parameters, seed: number | null) => Experiment;
  readonly output: Output;
  readonly threads: number;
};

/** Throws what the machine is to blame for, after the trial was given back: it failed in nothing. */
export async function trainTrial(trial: TrialRow, surroundings: TrialSurroundings): Promise<TrialEnding> {
  const { board } = surroundings;
  const heartbeat = setInterval(() => renew(board, trial), board.heartbeatEveryMs);
  try {
    const result = await attempt(trial, surroundings);
    board.endTrial(trial, result);
    return result;
  } catch (thrown) {
    if (machineFault(thrown) !== null) giveBack(board, trial);
    throw thrown;
  } finally {
    clearInterval(heartbeat);
  }
}

/** Where it cannot be written the training meets the error, where it can be handled. */
function renew(board: TrialBoard, trial: TrialRow): void {
  try {
    board.renewTrial(trial);
  } catch (thrown) {
    if (machineFault(thrown) === null) throw thrown;
  }
}

/** Where not even that can be written, the lease ends with this process. */
function giveBack(board: TrialBoard, trial: TrialRow): void {
  try {
    board.endTrial(trial, { state: "waiting", error: null });
  } catch (thrown) {
    if (machineFault(thrown) === null) throw thrown;
  }
}

async function attempt(trial: TrialRow, surroundings: TrialSurroundings): Promise<TrialEnding> {
  const { board, openWorkplace, sweep, output, threads, experimentOf } = surroundings;
  let runId: string | null = null;
  let place: Workplace | null = null;
  let wasTakenOver = false;
  const requireLease = (isHeld: boolean) => {
    wasTakenOver ||= !isHeld;
    if (wasTakenOver) throw new UserError(`trial ${trial.number}: was taken over by another process`);
  };
  try {
    place = openWorkplace(trial);
    const { store, resume } = place;
    runId = resume;
    if (runId !== null && store.getRun(runId).status === "FINISHED")
      return { state: "complete", error: null };
    const experiment = experimentOf(trial.parameters as Parameters, trial.seed);
    const result = await place.train(
      { ...experiment, name: `${sweep.name}-${trial.number}` },
      {
        source: sweep.base.file,
        fromScratch: "if needed",
        output,
        threads,
        onRun(id) {
          runId = id;
          requireLease(board.setTrialRun(trial, id));
        },
        afterEpoch(epoch) {
          requireLease(board.progressTrial(trial, runId!, measuredBy(store, runId!, sweep.metric.series)));
          return isPruned(trial, epoch, surroundings);
        },
      },
      () => requireLease(board.renewTrial(trial)),
    );
    return endingOf(result, runId === null ? null : store.getRun(runId).error);
  } catch (thrown) {
    if (machineFault(thrown) !== null) throw thrown;
    output.error(messageOf(thrown));
    // What becomes of it is for the other one to say.
    if (wasTakenOver) return { state: "waiting", error: null };
    return { state: "failed", error: failureOf(thrown) };
  } finally {
    place?.close();
  }
}

function measuredBy(store: Workplace["store"], runId: string, series: string): Measured | null {
  const found = store.series(runId, series);
  if (found === undefined) return null;
  const { stepsPerEpoch } = store.getRun(runId);
  return { series, stepsPerEpoch, step: [...found.step], value: [...found.value] };
}

/** After an epoch in which the metric was not measured nothing is decided. */
function isPruned({ number }: TrialRow, epoch: number, { board, sweep }: TrialSurroundings): boolean {
  const { prune, metric, name } = sweep;
  if (prune === null) return false;
  const trials = pastTrials(board, board.trials(), metric);
  const isMeasured = trials.some((trial) => trial.number === number && trial.curve.at(-1)?.epoch === epoch);
  return isMeasured && shouldPrune(prune, trials, number, metric.goal, name);
}

function endingOf({ status, pruned }: RunResult, error: string | null): TrialEnding {
  if (pruned) return { state: "pruned", error: null };
  if (status === "FINISHED") return { state: "complete", error: null };
  if (status === "FAILED") return { state: "diverged", error };
  return { state: "waiting", error: null };
}
