// The files of <runs>/spool: what runs that are trained off the machine of the store have logged so far, one whole database
// for each attempt at a run (`<run>.<attempt>.db`), and beside it a file whose time is the heartbeat of its writer. Decision
// 15 says what is relied on of a shared disk.

import { rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { UserError } from "../../errors.ts";
import { namesIfThere } from "../../folder-names.ts";
import { temporaryName } from "../../whole-file.ts";

export type SpoolFile = {
  readonly name: string;
  readonly path: string;
  readonly runId: string;
  /** From 1. */
  readonly attempt: number;
};

export function spoolFolder(runsFolder: string): string {
  return join(runsFolder, "spool");
}

export function spoolFile(runsFolder: string, runId: string, attempt: number): SpoolFile {
  const name = `${runId}.${attempt}.db`;
  return { name, path: join(spoolFolder(runsFolder), name), runId, attempt };
}

/** All of a folder, by run; of each run the newest attempt first. None where there is no spool. */
export function spoolFiles(runsFolder: string): Map<string, SpoolFile[]> {
  const found = new Map<string, SpoolFile[]>();
  for (const name of namesIn(spoolFolder(runsFolder))) {
    const [, runId, attempt] = /^(\w+)\.([1-9]\d*)\.db$/.exec(name) ?? [];
    if (runId === undefined) continue;
    const ofRun = found.get(runId) ?? [];
    found.set(runId, ofRun);
    ofRun.push(spoolFile(runsFolder, runId, Number(attempt)));
  }
  for (const ofRun of found.values()) ofRun.sort((one, other) => other.attempt - one.attempt);
  return found;
}

function namesIn(folder: string): readonly string[] {
  try {
    return namesIfThere(folder);
  } catch (error) {
    throw new UserError(`${folder}: cannot be read: ${(error as Error).message}`, { cause: error });
  }
}

/** Size and time of a file, another text whenever it was published anew; null where it is gone or not there yet. */
export function markOf({ path }: SpoolFile): string | null {
  const found = statSync(path, { bigint: true, throwIfNoEntry: false });
  // Its writer has taken the name and not published yet.
  if (found === undefined || found.size === 0n) return null;
  return `${found.size} ${found.mtimeNs} ${found.ino}`;
}

const heartbeatOf = ({ path }: SpoolFile) => path.replace(/db$/, "beat");

/** Renews the heartbeat by the clock of the file server, which stamps what is written. */
export function beat(file: SpoolFile): void {
  writeFileSync(heartbeatOf(file), "beat\n");
}

export function stopBeating(file: SpoolFile): void {
  rmSync(heartbeatOf(file), { force: true });
}

/** How old the last heartbeat or publication is at the file server's time `now`, milliseconds. */
export function silenceOf(file: SpoolFile, now: number): number {
  const times = [heartbeatOf(file), file.path].map(
    (path) => statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? Number.NEGATIVE_INFINITY,
  );
  return now - Math.max(...times);
}

/** Milliseconds by the clock that stamps the files of a folder; this host's where nothing may be written there. */
export function fileServerTime(folder: string): number {
  const probe = temporaryName(join(folder, "clock"));
  try {
    writeFileSync(probe, "now\n");
    return statSync(probe).mtimeMs;
  } catch {
    return Date.now();
  } finally {
    rmSync(probe, { force: true });
  }
}

/** Removes all files of a run, as it was removed for good. */
export function removeSpoolFiles(runsFolder: string, runId: string): void {
  for (const file of spoolFiles(runsFolder).get(runId) ?? []) {
    rmSync(file.path, { force: true });
    stopBeating(file);
  }
}
