// What the agents of a sweep know of each other: rows in the store of one machine, or files on a disk that several hosts
// share. Agents, search and pruning work with either.

import type { Store } from "../../store/open-store.ts";
import { openSharedSweep } from "../../store/shared-sweeps/shared-sweep.ts";
import type { TrialRow } from "../../store/sweeps.ts";
import type { TrialLeases } from "../../store/trial-leases.ts";
import type { Sweep } from "../sweep.ts";
import { jobOfScheduler } from "./job-of-scheduler.ts";
import type { Reading } from "./past-trials.ts";

export type TrialBoard = TrialLeases &
  Reading & {
    /** As it stands now: what may change while a sweep goes on may have. */
    definition(): Sweep;
    /** Of the sweep, by rising number. */
    trials(): readonly TrialRow[];
    close(): void;
  };

export function boardOfStore(store: Store, sweepId: string): TrialBoard {
  return {
    heartbeatEveryMs: store.heartbeatEveryMs,
    claimTrial: store.claimTrial,
    renewTrial: store.renewTrial,
    setTrialRun: store.setTrialRun,
    progressTrial: store.progressTrial,
    endTrial: store.endTrial,
    getRun: store.getRun,
    series: store.series,
    definition: () => JSON.parse(store.getSweep(sweepId).definition) as Sweep,
    trials: () => store.trials(sweepId),
    close: () => {},
  };
}

/** null where the sweep is none of several hosts. */
export function sharedBoard(runsFolder: string, sweepId: string): TrialBoard | null {
  const shared = openSharedSweep(runsFolder, sweepId, { job: jobOfScheduler(process.env) });
  if (shared === null) return null;
  const { getSweep, ...board } = shared;
  return { ...board, definition: () => JSON.parse(getSweep().definition) as Sweep };
}
