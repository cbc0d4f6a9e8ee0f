// One trial, from the lease to its end: the run is begun or goes on from its checkpoint, and however it ends is
// recorded with the trial.

import { messageOf, UserError } from "../../errors.ts";
import type { Experiment } from "../../experiment/experiment.ts";
import type { Output } from "../../output.ts";
import { type RunResult, runExperiment } from "../../runner/run-experiment.ts";
import type { Store } from "../../store/open-store.ts";
import type { TrialRow } from "../../store/sweeps.ts";
import { type TrialEnding, trialHeartbeatEveryMs } from "../../store/trial-leases.ts";
import { shouldPrune } from "../pruning/should-prune.ts";
import type { Parameters, Sweep } from "../sweep.ts";
import { machineFault } from "./machine-fault.ts";
import { pastTrials } from "./past-trials.ts";

export type TrialSurroundings = {
  readonly store: Store;
  readonly sweep: Sweep;
  readonly experimentOf: (parameters: Parameters, seed: number | null) => Experiment;
  readonly output: Output;
  readonly threads: number;
};

/** Throws what the machine is to blame for, after the trial was given back: it failed in nothing. */
export async function trainTrial(trial: TrialRow, surroundings: TrialSurroundings): Promise<TrialEnding> {
  const { store } = surroundings;
  const heartbeat = setInterval(() => renew(store, trial), trialHeartbeatEveryMs);
  try {
    const result = await attempt(trial, surroundings);
    store.endTrial(trial, result);
    return result;
  } catch (thrown) {
    if (machineFault(thrown) !== null) giveBack(store, trial);
    throw thrown;
  } finally {
    clearInterval(heartbeat);
  }
}

/** Where it cannot be written the training meets the error, where it can be handled. */
function renew(store: Store, trial: TrialRow): void {
  try {
    store.renewTrial(trial);
  } catch (thrown) {
    if (machineFault(thrown) === null) throw thrown;
  }
}

/** Where not even that can be written, the lease ends with this process. */
function giveBack(store: Store, trial: TrialRow): void {
  try {
    store.endTrial(trial, { state: "waiting", error: null });
  } catch (thrown) {
    if (machineFault(thrown) === null) throw thrown;
  }
}

async function attempt(trial: TrialRow, surroundings: TrialSurroundings): Promise<TrialEnding> {
  const { store, sweep, output, threads, experimentOf } = surroundings;
  let runId = trial.runId;
  try {
    if (runId !== null && store.getRun(runId).status === "FINISHED")
      return { state: "complete", error: null };
    const experiment = experimentOf(trial.parameters as Parameters, trial.seed);
    const result = await runExperiment(
      { ...experiment, name: `${sweep.name}-${trial.number}` },
      {
        runsFolder: store.folder,
        source: sweep.base.file,
        resume: trial.runId,
        fromScratch: "if needed",
        output,
        threads,
        onRun(id) {
          runId = id;
          if (!store.setTrialRun(trial, id))
            throw new UserError(`trial ${trial.number}: was taken over by another process`);
        },
        afterEpoch(epoch) {
          store.progressTrial(trial);
          return isPruned(trial, epoch, surroundings);
        },
      },
    );
    return endingOf(result, runId === null ? null : store.getRun(runId).error);
  } catch (thrown) {
    if (machineFault(thrown) !== null) throw thrown;
    output.error(messageOf(thrown));
    return { state: "failed", error: tracebackOf(thrown) };
  }
}

/** After an epoch in which the metric was not measured nothing is decided. */
function isPruned(
  { sweepId, number }: TrialRow,
  epoch: number,
  { store, sweep }: TrialSurroundings,
): boolean {
  const { prune, metric, name } = sweep;
  if (prune === null) return false;
  const trials = pastTrials(store, store.trials(sweepId), metric);
  const isMeasured = trials.some((trial) => trial.number === number && trial.curve.at(-1)?.epoch === epoch);
  return isMeasured && shouldPrune(prune, trials, number, metric.goal, name);
}

function endingOf({ status, pruned }: RunResult, error: string | null): TrialEnding {
  if (pruned) return { state: "pruned", error: null };
  if (status === "FINISHED") return { state: "complete", error: null };
  if (status === "FAILED") return { state: "diverged", error };
  return { state: "waiting", error: null };
}

function tracebackOf(thrown: unknown): string {
  return thrown instanceof Error && !(thrown instanceof UserError)
    ? (thrown.stack ?? thrown.message)
    : messageOf(thrown);
}
