// Time as the file server has it. Hosts of a cluster disagree about the time, and a heartbeat is a file's mtime: so both ends
// are read off the same clock, by writing to a file and looking at what time the server gave it.

import { closeSync, fstatSync, ftruncateSync, openSync, writeSync } from "node:fs";

/** How long what the server said is counted on by this process's own clock. */
const trustedForMs = 5_000;

/** Milliseconds since 1970 on the server's clock; `file` is written to. */
export function createServerClock(file: string, monotonic: () => number): () => number {
  let asked = Number.NEGATIVE_INFINITY;
  let answer = 0;
  return () => {
    // A clock that stood still while the machine slept is behind: others look younger, and nobody loses a trial by it.
    if (monotonic() - asked > trustedForMs) {
      answer = touch(file, "a")!;
      asked = monotonic();
    }
    return answer + (monotonic() - asked);
  };
}

/**
 * Gives a file the server's time and returns it. utimes(2) with a time would send this host's; so one byte is written: over
 * the last one, which is a line's end (`r+`: of a file that is there, else null), or as the only one (`a`).
 */
export function touch(file: string, how: "r+" | "a"): number | null {
  const opened = unlessGone(() => openSync(file, how));
  if (opened === null) return null;
  try {
    if (how === "a") ftruncateSync(opened, 0);
    writeSync(opened, "\n", how === "a" ? null : Math.max(0, fstatSync(opened).size - 1));
  } finally {
    closeSync(opened); // only then has an NFS client sent it
  }
  return modifiedAt(file);
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
