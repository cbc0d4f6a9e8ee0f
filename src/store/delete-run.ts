// Removes a run and all that only this run used: its series, images and events go with it, then pictures and the
// data sets that no other run uses. The file shrinks only when `shrink` is called: its free pages serve the next runs.

import type { Database } from "better-sqlite3";
import { UserError } from "../errors.ts";
import { type Beating, statusAt } from "./dead-runs.ts";

type Doomed = Beating & { readonly dataset_fingerprint: string };

/** Gives a function that deletes the run with this id. Throws UserError where it is unknown or still written. */
export function createRunDeleter(database: Database, now: () => number): (id: string) => void {
  const selectRun = database.prepare<[string], Doomed>(
    "SELECT status, heartbeat_at, writer, dataset_fingerprint FROM runs WHERE id = ?",
  );
  const deleteRun = database.prepare("DELETE FROM runs WHERE id = ?");
  const selectSets = database
    .prepare<[string], string>("SELECT fingerprint FROM evaluation_sets WHERE run_id = ?")
    .pluck();
  const deleteDataset = database.prepare(
    `DELETE FROM datasets WHERE fingerprint = :it
       AND NOT EXISTS (SELECT 1 FROM runs WHERE dataset_fingerprint = :it)
       AND NOT EXISTS (SELECT 1 FROM evaluation_sets WHERE fingerprint = :it)`,
  );
  const blobs = createBlobSweeper(database);

  const deleteAtOnce = database.transaction((id: string) => {
    const run = selectRun.get(id);
    if (run === undefined) throw new UserError(`run ${JSON.stringify(id)}: no such id`);
    if (statusAt(now(), run) === "RUNNING") throw new UserError(`run ${id}: is still running; stop it first`);
    const hashes = blobs.usedBy(id, -1);
    const datasets = new Set([run.dataset_fingerprint, ...selectSets.all(id)]);
    deleteRun.run(id);
    blobs.sweep(hashes);
    for (const it of datasets) deleteDataset.run({ it });
  });
  return (id) => deleteAtOnce.immediate(id);
}

export type BlobSweeper = {
  /** Hashes of the blobs that a run shows after `epoch`. */
  usedBy(runId: string, epoch: number): string[];
  /** Deletes those of `hashes` that no image uses any more. */
  sweep(hashes: readonly string[]): void;
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
