// A run that ended on a full disk cannot say so in the database. An empty file in its folder, which takes no room, says it to the
// next process that opens the store for writing, which makes the run FAILED with that reason.

import { closeSync, existsSync, mkdirSync, openSync, rmSync } from "node:fs";
import { join } from "node:path";
import type { Database } from "better-sqlite3";
import { errorCodeOf, isFullDiskCode } from "./store-error.ts";

const reason =
  "the disk was full; free some space, then resume the run: all that was committed before is safe";

const noteOf = (folder: string, runId: string) => join(folder, runId, ".disk-full");

/** Also what was put into words for the user. */
export function isFullDisk(thrown: unknown): boolean {
  for (let cause = thrown; cause instanceof Error; cause = cause.cause)
    if (isFullDiskCode(errorCodeOf(cause))) return true;
  return false;
}

/** Where not even that can be written the run is DEAD. */
export function noteFullDisk(folder: string, runId: string): void {
  try {
    mkdirSync(join(folder, runId), { recursive: true });
    closeSync(openSync(noteOf(folder, runId), "a"));
  } catch {}
}

/** For a run that goes on. */
export function forgetFullDisk(folder: string, runId: string): void {
  rmSync(noteOf(folder, runId), { force: true });
}

/** Writes FAILED into runs whose process ended on a full disk. */
export function failRunsOfFullDisk(database: Database, folder: string, now: number): void {
  const dead = database
    .prepare<[number], string>(
      `SELECT id FROM runs WHERE status IN ('RUNNING', 'DEAD')
         AND status_at(?, status, heartbeat_at, writer) = 'DEAD'`,
    )
    .pluck();
  const fail = database.prepare(
    `UPDATE runs SET status = 'FAILED', error = ?, finished_at = heartbeat_at, writer = NULL
     WHERE id = ? AND status IN ('RUNNING', 'DEAD')`,
  );
  for (const id of dead.all(now)) {
    if (!existsSync(noteOf(folder, id))) continue;
    fail.run(reason, id);
    forgetFullDisk(folder, id);
  }
}
