// Time as the file server has it. Hosts of a cluster disagree about the time, and a heartbeat is a file's mtime: so both ends
// are read off the same clock, by writing to a file and looking at what time the server gave it.

import { closeSync, fstatSync, openSync, writeSync } from "node:fs";
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
  const opened = unlessGone(() => openSync(file, "r+"));
  if (opened === null) return false;
  try {
    writeSync(opened, "\n", Math.max(0, fstatSync(opened).size - 1));
    return true;
  } finally {
    closeSync(opened); // only then has an NFS client sent it
  }
}

/** Through open(), after which no NFS client answers out of its memory. null where there is no such file. */
export function modifiedAt(file: string): number | null {
  const opened = unlessGone(() => openSync(file, "r"));
  if (opened === null) return null;
  try {
    return fstatSync(opened).mtimeMs;
  } finally {
    closeSync(opened);
  }
}

function unlessGone(open: () => number): number | null {
  try {
    return open();
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "ENOENT" || code === "ESTALE") return null;
    throw error;
  }
}
