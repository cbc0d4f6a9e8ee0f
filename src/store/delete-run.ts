// Removes a run and all that only this run used: its series, images and events go with it, then pictures and the
// data sets that no other run uses. The file shrinks only when `shrink` is called: its free pages serve the next runs. What
// is large goes in slices with pauses between them, so that a training beside it gets its turn; a deletion that is killed
// leaves the run in the trash.

import type { Database } from "better-sqlite3";
import { UserError } from "../errors.ts";
import { type Beating, statusAt } from "./dead-runs.ts";

/** Of one transaction: a few dozen milliseconds. */
const [mostRows, mostImages] = [10_000, 100];
const longestPauseMs = 100;

type Doomed = Beating & { readonly dataset_fingerprint: string };

/** Gives a function that deletes the run with this id. Throws UserError where it is unknown or still written. */
export function createRunDeleter(database: Database, now: () => number): (id: string) => void {
  const selectRun = database.prepare<[string], Doomed>(
    "SELECT status, heartbeat_at, writer, dataset_fingerprint FROM runs WHERE id = ?",
  );
  const deleteRun = database.prepare("DELETE FROM runs WHERE id = ?");
  const selectSets = database
    .prepare<[{ id: string }], string>(
      "SELECT fingerprint FROM evaluation_sets WHERE run_id = :id UNION SELECT part_of FROM evaluation_sets WHERE run_id = :id AND part_of IS NOT NULL",
    )
    .pluck();
  const datasets = createDatasetSweeper(database);
  const blobs = createBlobSweeper(database);
  const forgetFiles = database.prepare("DELETE FROM merged_files WHERE run_id = ?");
  const remember = database.prepare("INSERT INTO purged_runs VALUES (?) ON CONFLICT DO NOTHING");

  // Into the trash and without a writer, as trash.ts does: between two slices nobody goes on with it.
  const hide = database.prepare(
    "UPDATE runs SET deleted_at = coalesce(deleted_at, :at), status = :status, writer = NULL WHERE id = :id",
  );
  const valueTables = [
    ["scalars", "series_id, step"],
    ["image_values", "series_id, step, idx"],
  ] as const;
  const deleteValues = valueTables.map(([table, key]) =>
    database.prepare<[string]>(
      `DELETE FROM ${table} WHERE (${key}) IN (SELECT ${key} FROM ${table}
         WHERE series_id IN (SELECT id FROM series WHERE run_id = ?) LIMIT ${mostRows})`,
    ),
  );
  const imageKey = 'run_id, epoch, "set", idx, kind';
  const deleteImages = database
    .prepare<[string], string>(
      `DELETE FROM images WHERE (${imageKey}) IN (SELECT ${imageKey} FROM images WHERE run_id = ? LIMIT ${mostImages})
       RETURNING blob_hash`,
    )
    .pluck();
  const isTraining = database.prepare("SELECT 1 FROM runs WHERE status = 'RUNNING' LIMIT 1");

  const requireDead = (id: string): Doomed => {
    const run = selectRun.get(id);
    if (run === undefined) throw new UserError(`run ${JSON.stringify(id)}: no such id`);
    if (statusAt(now(), run) === "RUNNING") throw new UserError(`run ${id}: is still running; stop it first`);
    return run;
  };
  /** Whether the run is gone; otherwise there is more to delete. */
  const deleteSlice = database.transaction((id: string): boolean => {
    const run = requireDead(id);
    hide.run({ id, at: Math.round(now()), status: statusAt(now(), run) });
    if (deleteValues.some((statement) => statement.run(id).changes === mostRows)) return false;
    const hashes = deleteImages.all(id);
    blobs.sweep(new Set(hashes));
    if (hashes.length === mostImages) return false;
    const used = new Set([run.dataset_fingerprint, ...selectSets.all({ id })]);
    deleteRun.run(id);
    forgetFiles.run(id);
    remember.run(id);
    datasets.sweep(used);
    return true;
  });
  /** SQLite has no queue: who waits looks again now and then, and would find the database held for as long as this lasts. */
  const pause = (took: number) => {
    if (isTraining.get() !== undefined) sleep(Math.min(longestPauseMs, took));
  };
  return (id) => {
    for (let isGone = false; !isGone; ) {
      const began = performance.now();
      isGone = deleteSlice.immediate(id);
      pause(performance.now() - began);
    }
  };
}

function sleep(ms: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
}

export type BlobSweeper = {
  /** Hashes of the blobs that a run shows after `epoch`. */
  usedBy(runId: string, epoch: number): string[];
  /** Deletes those of `hashes` that no image uses any more. */
  sweep(hashes: Iterable<string>): void;
};

export function createBlobSweeper(database: Database): BlobSweeper {
  const select = database
    .prepare<[string, number], string>("SELECT DISTINCT blob_hash FROM images WHERE run_id = ? AND epoch > ?")
    .pluck();
  const remove = database.prepare<[{ hash: string }]>(
    "DELETE FROM blobs WHERE hash = :hash AND NOT EXISTS (SELECT 1 FROM images WHERE blob_hash = :hash)",
  );
  return {
    usedBy: (runId, epoch) => select.all(runId, epoch),
    sweep(hashes) {
      for (const hash of hashes) remove.run({ hash });
    },
  };
}

export type DatasetSweeper = {
  /** Deletes those of `fingerprints` that no run was trained or measured on any more. */
  sweep(fingerprints: Iterable<string>): void;
};

export function createDatasetSweeper(database: Database): DatasetSweeper {
  const remove = database.prepare<[{ it: string }]>(
    `DELETE FROM datasets WHERE fingerprint = :it
       AND NOT EXISTS (SELECT 1 FROM runs WHERE dataset_fingerprint = :it)
       AND NOT EXISTS (SELECT 1 FROM evaluation_sets WHERE fingerprint = :it OR part_of = :it)`,
  );
  return {
    sweep(fingerprints) {
      for (const it of fingerprints) remove.run({ it });
    },
  };
}

/** VACUUM; false while a run is trained, which would have to wait for it, or others hold the database. */
export function shrink(database: Database, now: () => number): boolean {
  const running =
    "SELECT 1 FROM runs WHERE status = 'RUNNING' AND status_at(?, status, heartbeat_at, writer) = 'RUNNING' LIMIT 1";
  if (database.prepare(running).get(now()) !== undefined) return false;
  try {
    database.exec("VACUUM");
    database.pragma("wal_checkpoint(TRUNCATE)");
    return true;
  } catch (thrown) {
    if ((thrown as { code?: string }).code?.startsWith("SQLITE_BUSY")) return false;
    throw thrown;
  }
}
