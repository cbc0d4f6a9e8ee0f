// Where a run logs that is trained off the machine of the store, as by an agent of a cluster: into an ordinary store in a
// temporary folder on a local disk, of which whole copies are published into <runs>/spool. Its checkpoints are written to the
// runs folder itself, each after the rows that it stands on: whoever goes on with the run finds no hole.

import { closeSync, existsSync, mkdirSync, openSync, rmdirSync, rmSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Database } from "better-sqlite3";
import { messageOf, UserError } from "../../errors.ts";
import { keepFolder, makeScratchFolder } from "../../scratch-folder.ts";
import { makeWholeSync, removeLeftovers } from "../../whole-file.ts";
import { deadAfterMs } from "../dead-runs.ts";
import { openMerger } from "../merge/merger.ts";
import { DamagedDatabase, serializeWhole } from "../merge/source-copy.ts";
import { openForReading } from "../open-database.ts";
import { heartbeatEveryMs } from "../run-writer.ts";
import {
  beat,
  fileServerTime,
  markOf,
  type SpoolFile,
  silenceOf,
  spoolFile,
  spoolFiles,
  spoolFolder,
  stopBeating,
} from "./spool-files.ts";

/** An epoch is published where the last publication took no more than this share of the time since. */
const mostShare = 0.02;

export type SpoolOptions = {
  /** The run to go on with; null begins one. */
  readonly resume: string | null;
  /** Which attempt at the run this is, where others count them; the next one where it is left out. */
  readonly attempt?: number;
  /** Told when an epoch could not be published. */
  readonly warn: (line: string) => void;
};

/** start: before the first step. checkpoint: before a checkpoint becomes visible. */
export type Moment = "start" | "epoch" | "checkpoint" | "end";

export type Spool = {
  /** The folder of the local store, for `openStore`. */
  readonly storeFolder: string;
  /** The run that is in the local store, to go on with; null where a new one begins, as of a run that never published. */
  readonly resume: string | null;
  /**
   * Publishes what is committed in the local store. An epoch may be left out where it would slow the training, or with a
   * warning where it cannot be written; for any other moment throws UserError, also where another process went on with the run.
   */
  publish(moment: Moment, runId: string): void;
  /** Removes the local store, unless it holds what could not be published: then gives its folder. */
  close(): string | null;
};

/**
 * Opens a spool with, to go on with a run, the rows of its newest attempt that is whole. Throws UserError where that run is
 * still being written, by its heartbeat, unless `attempt` says that others have looked, and UnreadableRun where this host or
 * this version of the program cannot read it.
 */
export function openSpool(runsFolder: string, { resume, attempt, warn }: SpoolOptions): Spool {
  const known = resume === null ? [] : (spoolFiles(runsFolder).get(resume) ?? []);
  const ownAttempt = attempt ?? (known[0]?.attempt ?? 0) + 1;
  const storeFolder = makeScratchFolder(join(tmpdir(), "hueristic-spool-"));
  try {
    const taken = takeOver(
      storeFolder,
      known.filter((file) => file.attempt < ownAttempt),
      warn,
    );
    if (attempt === undefined && taken !== null) requireSilent(runsFolder, taken);
    return createSpool({ runsFolder, storeFolder, attempt: ownAttempt, resume: taken && resume, warn });
  } catch (thrown) {
    rmSync(storeFolder, { recursive: true, force: true });
    throw thrown;
  }
}

/** What a run has logged is whole and cannot be read here and now: no earlier attempt takes its place. */
export class UnreadableRun extends UserError {}

function unreadable(thrown: unknown): unknown {
  return thrown instanceof UserError ? new UnreadableRun(thrown.message, { cause: thrown }) : thrown;
}

type Taken = { readonly file: SpoolFile; readonly ended: boolean };

/** Puts the rows of a run into a local store; its writer, if it still lives, finds that it was overtaken. */
function takeOver(
  storeFolder: string,
  files: readonly SpoolFile[],
  warn: SpoolOptions["warn"],
): Taken | null {
  const merger = openMerger(storeFolder);
  try {
    for (const file of files) {
      if (markOf(file) === null) continue;
      try {
        const [run] = merger.merge(file.path, { only: [file.runId] });
        merger.database.prepare("UPDATE runs SET status = 'DEAD' WHERE status = 'RUNNING'").run();
        return { file, ended: run!.ended };
      } catch (thrown) {
        if (!(thrown instanceof DamagedDatabase)) throw unreadable(thrown);
        warn(`${thrown.message}; an earlier attempt at the run is looked for`);
      }
    }
    return null;
  } finally {
    merger.close();
  }
}

function requireSilent(runsFolder: string, { file, ended }: Taken): void {
  const silentMs = silenceOf(file, fileServerTime(spoolFolder(runsFolder)));
  if (!ended && silentMs < deadAfterMs)
    throw new UserError(
      `run ${file.runId}: is being written by another process (heartbeat ${Math.round(silentMs / 1000)} s ago); stop that one first`,
    );
}

type Opened = SpoolOptions & {
  readonly runsFolder: string;
  readonly storeFolder: string;
  readonly attempt: number;
};

function createSpool({ runsFolder, storeFolder, attempt, resume, warn }: Opened): Spool {
  let database: Database | null = null;
  let file: SpoolFile | null = null;
  let timer: NodeJS.Timeout | null = null;
  let lastTookMs = 0;
  let lastEndedAt = performance.now();
  let missing = false;

  const write = (runId: string, moment: Moment) => {
    const began = performance.now();
    database ??= openForReading(storeFolder);
    const bytes = serializeWhole(database);
    if (file === null) {
      file = takeName(runsFolder, runId, attempt, resume === null);
      const own = file;
      timer = setInterval(() => tryToBeat(own), heartbeatEveryMs);
      timer.unref();
    }
    requireNewest(runsFolder, file, moment);
    makeWholeSync(file.path, (opened) => {
      for (let at = 0; at < bytes.length; ) at += writeSync(opened, bytes, at);
    });
    beat(file);
    lastEndedAt = performance.now();
    lastTookMs = lastEndedAt - began;
  };

  return {
    storeFolder,
    resume,
    publish(moment, runId) {
      const sinceMs = performance.now() - lastEndedAt;
      if (moment === "epoch" && !missing && lastTookMs > mostShare * sinceMs) return;
      try {
        write(runId, moment);
        missing = false;
      } catch (thrown) {
        if (thrown instanceof Overtaken) throw thrown;
        const isFirst = !missing;
        missing = true;
        if (isFirst) keepFolder(storeFolder);
        if (!(thrown instanceof UserError) && (thrown as NodeJS.ErrnoException).syscall === undefined)
          throw thrown;
        const line = `${spoolFile(runsFolder, runId, attempt).path}: cannot be written: ${messageOf(thrown)}`;
        if (moment !== "epoch")
          throw new UserError(`${line}; free space or mend the disk, then resume the run`, { cause: thrown });
        if (isFirst) warn(`${line}; the run goes on and tries again`);
      }
    },
    close() {
      if (timer !== null) clearInterval(timer);
      if (file !== null) tryToStopBeating(file);
      database?.close();
      if (missing) return storeFolder;
      rmSync(storeFolder, { recursive: true, force: true });
      return null;
    },
  };
}

/** Where it cannot be written, the next publication says so. */
function tryToBeat(file: SpoolFile): void {
  try {
    beat(file);
  } catch {
    // As above.
  }
}

/** A heartbeat that is left behind grows old. */
function tryToStopBeating(file: SpoolFile): void {
  try {
    stopBeating(file);
  } catch {
    // As above.
  }
}

/** The name of an attempt, and the folder of a new run, belong to the one process that could create them. */
function takeName(runsFolder: string, runId: string, attempt: number, isNew: boolean): SpoolFile {
  const file = spoolFile(runsFolder, runId, attempt);
  const folder = join(runsFolder, runId);
  mkdirSync(spoolFolder(runsFolder), { recursive: true });
  removeLeftovers(spoolFolder(runsFolder));
  let isOurs = false;
  try {
    if (isNew) mkdirSync(folder);
    isOurs = isNew;
    closeSync(openSync(file.path, "wx"));
  } catch (thrown) {
    if (isOurs) rmdirSync(folder); // or the next try would take it for another run's
    if ((thrown as NodeJS.ErrnoException).code !== "EEXIST") throw thrown;
    throw new Overtaken(isNew ? `run ${runId}: another run has this id; start once more` : overtaken(runId));
  }
  return file;
}

/**
 * An attempt takes the name of its file before it trains. After an epoch only the next one is looked for, as a folder may have
 * ten thousand files; for all else it is listed, as attempts that died before they took their names are passed over.
 */
function requireNewest(runsFolder: string, { runId, attempt }: SpoolFile, moment: Moment): void {
  const isOvertaken =
    moment === "epoch"
      ? existsSync(spoolFile(runsFolder, runId, attempt + 1).path)
      : (spoolFiles(runsFolder).get(runId)?.[0]?.attempt ?? attempt) > attempt;
  if (isOvertaken) throw new Overtaken(overtaken(runId));
}

/** The name is another process's: nobody wants these rows any more. */
class Overtaken extends UserError {}

function overtaken(runId: string): string {
  return `run ${runId}: another process went on with it; this one must stop`;
}
