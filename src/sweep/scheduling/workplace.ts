// Where a trial's run is trained and written: in the store of this machine, or for a sweep of several hosts in a store of its
// own that is published to them.

import type { Experiment } from "../../experiment/experiment.ts";
import type { RunOptions, RunResult } from "../../runner/run-experiment.ts";
import { runExperiment } from "../../runner/run-experiment.ts";
import type { Store } from "../../store/open-store.ts";

/** What the caller decides of a run. */
export type TrialRunOptions = Omit<RunOptions, "runsFolder">;

export type Workplace = {
  readonly store: Pick<Store, "getRun" | "series">;
  train(experiment: Experiment, options: TrialRunOptions): Promise<RunResult>;
  close(): void;
};

/** `runId` is the run with which a trial goes on; null where it begins. */
export type OpenWorkplace = (runId: string | null) => Promise<Workplace>;

export function workplaceInStore(store: Store): OpenWorkplace {
  return async () => ({
    store,
    train: (experiment, options) => runExperiment(experiment, { ...options, runsFolder: store.folder }),
    close: () => {},
  });
}
