// Where a trial's run is trained and written: in the store of this machine, or for a sweep of several hosts in a store of its
// own, of which whole copies are published to them.

import type { Experiment } from "../../experiment/experiment.ts";
import type { Output } from "../../output.ts";
import { type RunOptions, type RunResult, runExperiment } from "../../runner/run-experiment.ts";
import { openStore, type Store } from "../../store/open-store.ts";
import { openSpool } from "../../store/spool/spool.ts";
import type { TrialRow } from "../../store/sweeps.ts";

/** What the caller decides of a run. */
export type TrialRunOptions = Pick<
  RunOptions,
  "source" | "fromScratch" | "output" | "threads" | "onRun" | "afterEpoch"
>;

export type Workplace = {
  readonly store: Pick<Store, "getRun" | "series">;
  /** The run with which the trial goes on; null where it begins anew. */
  readonly resume: string | null;
  /** `requireLease` throws where the trial is another process's by now: then nothing more is written. */
  train(experiment: Experiment, options: TrialRunOptions, requireLease: () => void): Promise<RunResult>;
  close(): void;
};

export type OpenWorkplace = (trial: TrialRow) => Workplace;

/** Where the row of a run itself says whose it is. */
export function workplaceInStore(store: Store): OpenWorkplace {
  return ({ runId }) => ({
    store,
    resume: runId,
    train: (experiment, options) =>
      runExperiment(experiment, { ...options, runsFolder: store.folder, resume: runId }),
    close: () => {},
  });
}

/** `attemptOf` counts who trained a trial before. */
export function workplaceInSpool(
  runsFolder: string,
  attemptOf: (trial: TrialRow) => number,
  { warn }: Output,
): OpenWorkplace {
  return (trial) => {
    const spool = openSpool(runsFolder, { resume: trial.runId, attempt: attemptOf(trial), warn });
    const store = openStore(spool.storeFolder); // made by this, where a run begins
    return {
      store,
      resume: spool.resume,
      train(experiment, options, requireLease) {
        const publish: typeof spool.publish = (moment, runId) => {
          requireLease();
          spool.publish(moment, runId);
        };
        const { storeFolder, resume } = spool;
        return runExperiment(experiment, { ...options, runsFolder, resume, spool: { storeFolder, publish } });
      },
      close() {
        store.close();
        const left = spool.close();
        if (left !== null) warn(`trial ${trial.number}: what could not be published lies in ${left}`);
      },
    };
  };
}
