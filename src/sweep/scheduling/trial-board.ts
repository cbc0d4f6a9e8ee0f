// What the agents of a sweep know of each other: rows in the store of one machine, or files on a disk that several hosts
// share. Agents, search and pruning work with either.

import type { Output } from "../../output.ts";
import type { Store } from "../../store/open-store.ts";
import { openSharedSweep } from "../../store/shared-sweeps/shared-sweep.ts";
import type { TrialRow } from "../../store/sweeps.ts";
import type { TrialLeases } from "../../store/trial-leases.ts";
import type { Sweep } from "../sweep.ts";
import { jobOfScheduler } from "./job-of-scheduler.ts";
import type { Reading } from "./past-trials.ts";
import { type OpenWorkplace, workplaceInSpool, workplaceInStore } from "./workplace.ts";

export type TrialBoard = TrialLeases &
  Reading & {
    /** As it stands now: what may change while a sweep goes on may have. */
    definition(): Sweep;
    /** Of the sweep, by rising number. */
    trials(): readonly TrialRow[];
  };

/** Where an agent finds its trials, and where it trains them. */
export type AgentPlace = { readonly board: TrialBoard; readonly openWorkplace: OpenWorkplace };

export function agentPlaceInStore(store: Store, sweepId: string): AgentPlace {
  return { board: boardOfStore(store, sweepId), openWorkplace: workplaceInStore(store) };
}

function boardOfStore(store: Store, sweepId: string): TrialBoard {
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
  };
}

/** null where the sweep is none of several hosts. */
export function sharedAgentPlace(runsFolder: string, sweepId: string, output: Output): AgentPlace | null {
  const shared = openSharedSweep(runsFolder, sweepId, { job: jobOfScheduler(process.env) });
  if (shared === null) return null;
  const { getSweep, attemptOf, ...board } = shared;
  return {
    board: { ...board, definition: () => JSON.parse(getSweep().definition) as Sweep },
    openWorkplace: workplaceInSpool(runsFolder, attemptOf, output),
  };
}
