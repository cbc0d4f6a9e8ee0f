// Time as the file server has it. Hosts of a cluster disagree about the time, and a heartbeat is a file's mtime: so both ends
// are read off the same clock, by writing to a file and looking at what time the server gave it.

import { randomUUID } from "node:crypto";
import { closeSync, fstatSync, openSync, rmSync, writeSync } from "node:fs";
import { temporaryName } from "../../whole-file.ts";
import { fileServerTime } from "../spool/spool-files.ts";

/** How long what the server said is counted on by this process's own clock. */
const trustedForMs = 5_000;

/** Milliseconds since 1970 on the clock that stamps the files of `folder`. */
export function createServerClock(folder: string, monotonic: () => number): () => number {
  let asked = Number.NEGATIVE_INFINITY;
  let answer = 0;
  return () => {
    // A clock that stood still while the machine slept is behind: others look younger, and nobody loses a trial by it.
    if (monotonic() - asked > trustedForMs) {
      answer = fileServerTime(folder);
      asked = monotonic();
    }
    return answer + (monotonic() - asked);
  };
}

/**
 * Gives a file the server's time; false where it is gone. utimes(2) with a time would send this host's, so the last byte, a
 * line's end, is written anew.
 */
export function touch(file: string): boolean {
  try {
    const opened = openSync(file, "r+");
    try {
      writeSync(opened, "\n", Math.max(0, fstatSync(opened).size - 1));
      return true;
    } finally {
      closeSync(opened); // only then has an NFS client sent it
    }
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "ENOENT" || code === "ESTALE") return false;
    throw error;
  }
}

/**
 * Through open(), after which no NFS client answers out of its memory what the file is; that there is none it may remember
 * (isThere). null where there is none, infinity where that cannot be told just now: nobody is given up for it.
 */
export function modifiedAt(file: string): number | null {
  try {
    const opened = openSync(file, "r");
    try {
      return fstatSync(opened).mtimeMs;
    } finally {
      closeSync(opened);
    }
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "ENOENT") return null;
    if (code === "ESTALE") return Number.POSITIVE_INFINITY;
    throw error;
  }
}

/**
 * Whether the server has a file. An NFS client remembers for up to a minute that a name was not there, until it learns that
 * the folder has changed: it learns it by making a file there.
 */
export function isThere(file: string): boolean {
  if (isSeen(file)) return true;
  const probe = temporaryName(`${file}.${randomUUID()}`);
  try {
    closeSync(openSync(probe, "wx"));
    rmSync(probe, { force: true });
  } catch {
    // Whoever may not write there has to believe its client.
  }
  return isSeen(file);
}

function isSeen(file: string): boolean {
  const at = modifiedAt(file);
  return at !== null && Number.isFinite(at);
}
