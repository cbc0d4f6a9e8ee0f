// What processes are doing, looked at from outside: by what they have locked, by the files that are there, by the rows that
// they have committed. Linux says who holds a lock in /proc/locks.

import { readdirSync, readFileSync, readlinkSync, statSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import Database from "better-sqlite3";
import { namesIfThere } from "../../src/folder-names.ts";
import { checkpointFolder } from "../../src/runner/checkpoints.ts";
import { databasePath } from "../../src/store/open-database.ts";

/** Where the newest run stands, by what is committed. */
export type Progress = {
  readonly id: string;
  readonly stepsPerEpoch: number;
  /** Of its losses; 0 before the first. */
  readonly step: number;
  /** The last step that was evaluated; -1 before the first. */
  readonly evaluated: number;
};

export type View = {
  /** null before there is a run. */
  progress(): Progress | null;
  /** Whether anybody is within a transaction that writes. */
  isCommitting(): boolean;
  /** Whether a checkpoint lies there under its temporary name. */
  isSaving(): boolean;
  isPreparing(): boolean;
  /** Whether the process has opened the store. */
  hasOpened(): boolean;
  /** Processes that hold a trial of a sweep. */
  holders(): number[];
  close(): void;
};

/** Of a runs folder, which need not be there yet, and of the process that works in it. */
export function viewOf(runs: string, pid: number): View {
  let database: Database.Database | null = null;
  const query = <Row>(sql: string): Row[] => {
    try {
      database ??= new Database(databasePath(runs), { readonly: true, fileMustExist: true });
      return database.prepare<[], Row>(sql).all();
    } catch {
      return []; // not made yet
    }
  };
  const newest = `SELECT id, steps_per_epoch AS stepsPerEpoch, ${lastOf("loss")} AS step,
    ${lastOf("evaluation_seconds")} AS evaluated FROM runs ORDER BY created_at DESC LIMIT 1`;
  type Found = { readonly [Key in keyof Progress]: Progress[Key] | null };
  return {
    progress() {
      const [found] = query<Found>(newest);
      if (found === undefined) return null;
      const { id, stepsPerEpoch, step, evaluated } = found;
      return { id: id!, stepsPerEpoch: stepsPerEpoch!, step: step ?? 0, evaluated: evaluated ?? -1 };
    },
    isCommitting: () => isWriteLocked(databasePath(runs)),
    isSaving: () =>
      foldersIn(runs).some((id) =>
        namesIfThere(checkpointFolder(runs, id)).some((name) => name.endsWith(".tmp")),
      ),
    isPreparing: () => namesIfThere(join(runs, "cache")).some((name) => name.includes(".tmp-")),
    hasOpened: () => openFiles(pid).includes(databasePath(runs)),
    holders: () =>
      query<{ holder: string }>("SELECT holder FROM trials WHERE holder IS NOT NULL").map(({ holder }) =>
        Number(holder.split(" ")[1]),
      ),
    close: () => database?.close(),
  };
}

function lastOf(name: string): string {
  return `(SELECT max(step) FROM scalars JOIN series ON series.id = series_id
    WHERE run_id = runs.id AND "set" = 'train' AND name = '${name}')`;
}

/** WAL_WRITE_LOCK, a byte of the file of shared memory: https://sqlite.org/walformat.html#wal_locks */
const writeLock = 120;

function isWriteLocked(database: string): boolean {
  const shared = statSync(`${database}-shm`, { throwIfNoEntry: false });
  if (shared === undefined) return false;
  const held = new RegExp(` WRITE \\d+ [0-9a-f]+:[0-9a-f]+:${shared.ino} ${writeLock} \\d+$`, "m");
  return held.test(readFileSync("/proc/locks", "utf8"));
}

function foldersIn(folder: string): string[] {
  return namesIfThere(folder).filter((name) => /^\w+$/.test(name));
}

function openFiles(pid: number): string[] {
  try {
    return readdirSync(`/proc/${pid}/fd`).map((fd) => readlinkSync(`/proc/${pid}/fd/${fd}`));
  } catch {
    return []; // it has ended, or closed one just now
  }
}

/** Stops all of a group, as long as it takes; false where its leader has ended. */
export async function standStill(pid: number): Promise<boolean> {
  if (!signal(-pid, "SIGSTOP")) return false;
  for (;;) {
    const states = threadsOf(pid);
    if (states.length === 0 || states.includes("Z")) return false;
    if (states.every((state) => state === "T")) return true;
    await sleep(1);
  }
}

function threadsOf(pid: number): string[] {
  try {
    return readdirSync(`/proc/${pid}/task`).map((thread) =>
      readFileSync(`/proc/${pid}/task/${thread}/stat`, "utf8")
        .replace(/^.*\) /s, "")
        .charAt(0),
    );
  } catch {
    return [];
  }
}

/** False where there is no such process. */
export function signal(pid: number, name: "SIGSTOP" | "SIGCONT" | "SIGKILL"): boolean {
  try {
    process.kill(pid, name);
    return true;
  } catch {
    return false;
  }
}
