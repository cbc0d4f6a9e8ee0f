// A process that was killed cannot say so: its run stays RUNNING in the database. Readers call it DEAD once its
// heartbeat is too old, and the next writer that opens the store makes it so. A process that was only asleep (a
// suspended laptop) revives its run with its next heartbeat, unless another process has taken the run over.

import type { Database } from "better-sqlite3";
import type { RunStatus } from "./rows.ts";

export const deadAfterMs = 60_000;

/** The status to show at time `now` for the stored one. */
export function statusAt(now: number, status: RunStatus, heartbeatAt: number): RunStatus {
  return status === "RUNNING" && heartbeatAt < now - deadAfterMs ? "DEAD" : status;
}

/** Writes DEAD into every run whose heartbeat stopped. */
export function markDeadRuns(database: Database, now: number): void {
  const where = "WHERE status = 'RUNNING' AND heartbeat_at < ?";
  const found = database.prepare(`SELECT 1 FROM runs ${where} LIMIT 1`).get(now - deadAfterMs);
  if (found !== undefined)
    database.prepare(`UPDATE runs SET status = 'DEAD' ${where}`).run(now - deadAfterMs);
}
