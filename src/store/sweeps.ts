// Sweeps and their trials as rows. What a definition means is the sweep's own business: here it is JSON.

import type { Database } from "better-sqlite3";
import { findSweep } from "../runs/references.ts";

/**
 * waiting: not begun, or stopped and to go on. complete: trained to its end. pruned: stopped early on purpose.
 * diverged: a loss was no longer finite. failed: ended by an error.
 */
export type TrialRowState = "waiting" | "running" | "complete" | "pruned" | "diverged" | "failed";

export type SweepRow = {
  readonly id: string;
  readonly name: string;
  readonly createdAt: number;
  /** JSON. */
  readonly definition: string;
};

export type TrialRow = {
  readonly sweepId: string;
  /** From 0, in the order in which trials are begun. */
  readonly number: number;
  readonly state: TrialRowState;
  /** Name -> value. */
  readonly parameters: Readonly<Record<string, unknown>>;
  /** null is the experiment's own. */
  readonly seed: number | null;
  /** null before the run exists and after it was deleted. */
  readonly runId: string | null;
  /** The writer token of the process that trains it; null unless running. */
  readonly holder: string | null;
  readonly heartbeatAt: number | null;
  /** How often it ended by an error. */
  readonly failures: number;
  /** How often the process that trained it was killed since its last epoch. */
  readonly deaths: number;
  /** Message or traceback of what ended it. */
  readonly error: string | null;
};

export type SweepReader = {
  /** Newest first. */
  listSweeps(): SweepRow[];
  /** The sweep that a user means by an id, its beginning, a name or `latest`. Throws UserError. */
  getSweep(ref: string): SweepRow;
  /** By rising number. */
  trials(sweepId: string): TrialRow[];
};

export type SweepWriter = {
  /** Stores a sweep; of a known id only the definition is replaced, and its trials stay. */
  saveSweep(sweep: Pick<SweepRow, "id" | "name" | "definition">): void;
};

type StoredTrial = Omit<TrialRow, "parameters"> & { readonly parameters: string };

function trialOf(stored: StoredTrial): TrialRow {
  return { ...stored, parameters: JSON.parse(stored.parameters) };
}

export function createTrialReader(database: Database): (sweepId: string) => TrialRow[] {
  // A trial whose run is in the trash waits; the run comes back to it as long as no other has begun. Of a sweep of several
  // hosts, whose runs came as files, the agents say how trials stand, and what they trained they do not train again.
  const counts =
    "deleted_at IS NULL OR EXISTS (SELECT 1 FROM merged_files WHERE merged_files.run_id = runs.id)";
  const select = database.prepare<[string], StoredTrial>(
    `SELECT sweep_id AS sweepId, number, trials.parameters, seed, holder, trials.heartbeat_at AS heartbeatAt,
       iif(deleted_at IS NULL, trials.run_id, NULL) AS runId, iif(${counts}, state, 'waiting') AS state,
       iif(${counts}, failures, 0) AS failures, iif(${counts}, deaths, 0) AS deaths,
       iif(${counts}, trials.error, NULL) AS error
     FROM trials LEFT JOIN runs ON runs.id = trials.run_id WHERE sweep_id = ? ORDER BY number`,
  );
  return (sweepId) => select.all(sweepId).map(trialOf);
}

export function createSweepReader(database: Database): SweepReader {
  const selectSweeps = database.prepare<[], SweepRow>(
    "SELECT id, name, created_at AS createdAt, definition FROM sweeps ORDER BY created_at DESC, sweeps.rowid DESC",
  );
  return {
    listSweeps: () => selectSweeps.all(),
    getSweep: (ref) => findSweep(ref, selectSweeps.all()),
    trials: createTrialReader(database),
  };
}

export function createSweepWriter(database: Database, now: () => number): SweepWriter {
  return {
    saveSweep({ id, name, definition }) {
      database
        .prepare(
          `INSERT INTO sweeps (id, name, created_at, definition) VALUES (?, ?, ?, ?)
           ON CONFLICT (id) DO UPDATE SET definition = excluded.definition`,
        )
        .run(id, name, Math.round(now()), definition);
    },
  };
}
