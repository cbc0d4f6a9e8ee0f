// A process that was killed cannot say so: its run stays RUNNING in the database. Readers call it DEAD once its
// heartbeat is too old, and the next writer that opens the store makes it so. A process that was only asleep (a
// suspended laptop) revives its run with its next heartbeat, unless another process has taken the run over.

import { randomUUID } from "node:crypto";
import { readFileSync, readlinkSync } from "node:fs";
import os from "node:os";
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

/**
 * Names a writer, so that others can tell whether it still lives: its machine and process, the boot of the machine, the
 * namespace in which its number counts (containers share a host name now and then), and when the process began, as numbers
 * come back.
 */
export function newWriterToken(): string {
  const { boot, namespace, started } = identity();
  return [os.hostname(), process.pid, randomUUID(), boot, namespace, started].join(" ");
}

/**
 * Whether a writer was a process of this machine that has ended: its run need not wait for the heartbeat to age. False
 * wherever that cannot be told from here.
 */
export function writerIsGone(token: string | null): boolean {
  const [host, pid, , ...theirs] = token?.split(" ") ?? [];
  if (host !== os.hostname() || pid === undefined) return false;
  const own = identity();
  const [boot, namespace, started] = theirs;
  if (boot !== own.boot || namespace !== own.namespace) return false;
  try {
    process.kill(Number(pid), 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "ESRCH";
  }
  const found = processOf(pid);
  return started !== found.started || found.state === "Z";
}

/** What Linux says of this machine and process; "-" where nothing does. */
function identity() {
  return {
    boot: orDash(() => readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim()),
    namespace: orDash(() => readlinkSync("/proc/self/ns/pid")),
    started: processOf("self").started,
  };
}

/** When a process began, in clock ticks since the boot, and its state: Z has ended, but its parent has not looked yet. */
function processOf(pid: string) {
  // The name of the program is in parentheses and may hold anything.
  const stat = orDash(() => readFileSync(`/proc/${pid}/stat`, "utf8").replace(/^.*\) /s, ""));
  const [state, ...fields] = stat.split(" ");
  return { state, started: fields[18] ?? "-" };
}

function orDash(read: () => string): string {
  try {
    return read();
  } catch {
    return "-";
  }
}
