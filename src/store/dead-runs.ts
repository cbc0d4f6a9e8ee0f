// A process that was killed cannot say so: its run stays RUNNING in the database. Readers call it DEAD at once where they can
// see that the process has ended, and elsewhere once its heartbeat is too old; the next writer that opens the store makes it
// so. A process that was only asleep (a suspended laptop) revives its run with its next heartbeat, unless another process has
// taken the run over.

import type { Database } from "better-sqlite3";
import { processIsGone } from "../process-identity.ts";
import type { RunStatus } from "./rows.ts";

export const deadAfterMs = 60_000;

/** What a run's row says of its writer. */
export type Beating = {
  readonly status: RunStatus;
  readonly heartbeat_at: number;
  readonly writer: string | null;
};

/** The status to show at time `now` for the stored one. */
export function statusAt(now: number, { status, heartbeat_at, writer }: Beating): RunStatus {
  if (status !== "RUNNING") return status;
  return heartbeat_at < now - deadAfterMs || processIsGone(writer) ? "DEAD" : "RUNNING";
}

/** Gives statements the function status_at(now, status, heartbeat_at, writer). */
export function addStatusFunction(database: Database): void {
  database.function("status_at", (now, status, heartbeat_at, writer) =>
    statusAt(now as number, { status, heartbeat_at, writer } as Beating),
  );
}

/** Writes DEAD into every run whose process has ended. */
export function markDeadRuns(database: Database, now: number): void {
  const where = "WHERE status = 'RUNNING' AND status_at(?, status, heartbeat_at, writer) = 'DEAD'";
  const found = database.prepare(`SELECT 1 FROM runs ${where} LIMIT 1`).get(now);
  if (found !== undefined) database.prepare(`UPDATE runs SET status = 'DEAD' ${where}`).run(now);
}
