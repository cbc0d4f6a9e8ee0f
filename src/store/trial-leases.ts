// Which process trains which trial. A trial is taken in one immediate transaction, so that no two processes take the
// same; its holder renews the lease with a heartbeat. A lease ends when its process of this machine is gone, at once,
// or, where that cannot be seen, when the heartbeat is as old as that of a dead run.

import type { Database } from "better-sqlite3";
import { processIsGone } from "../process-identity.ts";
import { deadAfterMs } from "./dead-runs.ts";
import { createTrialReader, type TrialRow, type TrialRowState } from "./sweeps.ts";

const heartbeatEveryMs = 2_000;

/** A trial that kills its process so often in one epoch (of memory, say) has failed. */
export const mostDeaths = 3;
export const tooManyDeaths = `the process that trained it was killed ${mostDeaths} times in one epoch`;

export type NewTrial = Pick<TrialRow, "parameters" | "seed">;

/** The trial that now belongs to the caller; `wait` where others train the last ones; `done` after the last. */
export type Claim = TrialRow | "wait" | "done";

export type ClaimOptions = {
  /** How often a trial that failed is tried again. */
  readonly retries: number;
  /** What to begin after these trials; null after the last one. Pure and quick: the database is locked meanwhile. */
  readonly next: (trials: readonly TrialRow[]) => NewTrial | null;
};

export type TrialEnding = {
  readonly state: Exclude<TrialRowState, "running">;
  readonly error: string | null;
};

export type TrialLeases = {
  /** How often the holder of a trial has to renew its lease. */
  readonly heartbeatEveryMs: number;
  claimTrial(sweepId: string, options: ClaimOptions): Claim;
  /** Renews the lease; false where another process took the trial over. */
  renewTrial(trial: TrialRow): boolean;
  /** Renews the lease and stores which run the trial has. */
  setTrialRun(trial: TrialRow, runId: string): boolean;
  /** Renews the lease after an epoch; what was measured is for those who cannot look into the run. */
  progressTrial(trial: TrialRow, runId: string, measured: Measured | null): boolean;
  /** Ends the lease; a trial that another process took over is left as it is. */
  endTrial(trial: TrialRow, ending: TrialEnding): void;
};

/** The metric of a sweep, as far as a run has logged it. */
export type Measured = {
  readonly series: string;
  readonly stepsPerEpoch: number;
  readonly step: readonly number[];
  readonly value: readonly number[];
};

type Sources = { readonly now: () => number; readonly newToken: () => string };

export function createTrialLeases(database: Database, { now, newToken }: Sources): TrialLeases {
  const trialsOf = createTrialReader(database);
  const insert = database.prepare(
    `INSERT INTO trials (sweep_id, number, state, parameters, seed, holder, heartbeat_at)
     VALUES (:sweepId, :number, 'running', :parameters, :seed, :holder, :at)`,
  );
  const take = database.prepare(
    `UPDATE trials SET state = 'running', run_id = :runId, holder = :holder, heartbeat_at = :at, failures = :failures,
       deaths = :deaths, error = NULL
     WHERE sweep_id = :sweepId AND number = :number`,
  );
  const bury = database.prepare(
    `UPDATE trials SET state = 'waiting', deaths = deaths + 1, holder = NULL, heartbeat_at = NULL
     WHERE sweep_id = :sweepId AND number = :number`,
  );
  const failDoomed = database.prepare(
    `UPDATE trials SET state = 'failed', failures = failures + 1, deaths = 0,
       error = '${tooManyDeaths}'
     WHERE sweep_id = ? AND deaths >= ${mostDeaths}`,
  );
  const owned = "WHERE sweep_id = :sweepId AND number = :number AND holder = :holder";
  const renew = database.prepare(`UPDATE trials SET heartbeat_at = :at ${owned}`);
  const setRun = database.prepare(`UPDATE trials SET heartbeat_at = :at, run_id = :runId ${owned}`);
  const progress = database.prepare(`UPDATE trials SET heartbeat_at = :at, deaths = 0 ${owned}`);
  const lease = ({ sweepId, number, holder }: TrialRow) => ({
    sweepId,
    number,
    holder,
    at: Math.round(now()),
  });
  const end = database.prepare(
    `UPDATE trials SET state = :state, error = :error, failures = failures + (:state = 'failed'), holder = NULL,
       heartbeat_at = NULL ${owned}`,
  );

  const leaseEnded = ({ holder, heartbeatAt }: TrialRow) =>
    processIsGone(holder) || heartbeatAt! < now() - deadAfterMs;

  const claim = database.transaction((sweepId: string, { retries, next }: ClaimOptions): Claim => {
    for (const trial of trialsOf(sweepId))
      if (trial.state === "running" && leaseEnded(trial)) bury.run({ sweepId, number: trial.number });
    failDoomed.run(sweepId);
    const trials = trialsOf(sweepId);
    const [holder, at] = [newToken(), Math.round(now())];
    const open = trials.find((trial) => isOpen(trial, retries));
    if (open !== undefined) {
      const { number, runId, failures, deaths } = open;
      take.run({ sweepId, number, runId, failures, deaths, holder, at });
      return { ...open, state: "running", holder, heartbeatAt: at, error: null };
    }
    const begun = next(trials);
    if (begun === null) return trials.some(({ state }) => state === "running") ? "wait" : "done";
    const number = (trials.at(-1)?.number ?? -1) + 1;
    insert.run({ ...begun, parameters: JSON.stringify(begun.parameters), sweepId, number, holder, at });
    return trialsOf(sweepId).at(-1)!;
  });

  return {
    heartbeatEveryMs,
    claimTrial: (sweepId, options) => claim.immediate(sweepId, options),
    renewTrial: (trial) => renew.run(lease(trial)).changes > 0,
    setTrialRun: (trial, runId) => setRun.run({ ...lease(trial), runId }).changes > 0,
    progressTrial: (trial) => progress.run(lease(trial)).changes > 0,
    endTrial({ sweepId, number, holder }, { state, error }) {
      end.run({ sweepId, number, holder, state, error });
    },
  };
}

export function isOpen({ state, failures }: TrialRow, retries: number): boolean {
  return state === "waiting" || (state === "failed" && failures <= retries);
}
