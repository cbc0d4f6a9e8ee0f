// What runs have logged off this machine, brought into its store before it is read.

import { existsSync } from "node:fs";
import type { Database } from "better-sqlite3";
import { messageOf, UserError } from "../../errors.ts";
import { deadAfterMs } from "../dead-runs.ts";
import { type Merger, openMerger } from "../merge/merger.ts";
import { databasePath, openReadOnly } from "../open-database.ts";
import { isOfFiles, storeError } from "../store-error.ts";
import { fileServerTime, markOf, type SpoolFile, silenceOf, spoolFiles, spoolFolder } from "./spool-files.ts";

export type MergeSpoolsOptions = {
  /** Told of files that could not be merged: reading goes on without them. */
  readonly warn: (line: string) => void;
  readonly now?: () => number;
};

type Known = { readonly mark: string; readonly settled: 0 | 1 };

/**
 * Brings the store of `runsFolder` up to date with its spool; one that has not changed costs a look at its folder. Throws
 * nothing that only concerns the spool.
 */
export function mergeSpools(runsFolder: string, { warn, now = Date.now }: MergeSpoolsOptions): void {
  try {
    const files = [...spoolFiles(runsFolder).values()];
    if (files.length === 0) return;
    const known = knownFiles(runsFolder);
    // Thousands of runs that have ended are not looked at one by one.
    const open = files.filter(([newest]) => known.get(newest!.name)?.settled !== 1).flatMap(publishedOf);
    if (open.length === 0) return;
    const at = { server: fileServerTime(spoolFolder(runsFolder)), here: now() };
    const changed = open.filter(([newest]) => known.get(newest!.name)?.mark !== markOf(newest!));
    const silent = (file: SpoolFile) => silenceOf(file, at.server) > deadAfterMs;
    if (changed.length === 0 && open.every(([newest]) => silent(newest!))) return;
    const merger = openMerger(runsFolder);
    try {
      for (const ofRun of changed) mergeNewest(merger, ofRun, warn);
      for (const [newest] of open) renewHeartbeat(merger.database, newest!, at);
    } finally {
      merger.close();
    }
  } catch (thrown) {
    const told = storeError(thrown, spoolFolder(runsFolder));
    if (!isOfFiles(told)) throw thrown;
    warn(`${spoolFolder(runsFolder)}: runs trained elsewhere are not up to date here: ${messageOf(told)}`);
  }
}

/** Without attempts that have not published yet; none where no attempt at the run has. */
function publishedOf(ofRun: readonly SpoolFile[]): (readonly SpoolFile[])[] {
  const first = ofRun.findIndex((file) => markOf(file) !== null);
  return first < 0 ? [] : [ofRun.slice(first)];
}

function knownFiles(runsFolder: string): ReadonlyMap<string, Known> {
  const path = databasePath(runsFolder);
  if (!existsSync(path)) return new Map();
  const database = openReadOnly(path);
  try {
    const rows = database
      .prepare<[], Known & { name: string }>("SELECT name, mark, settled FROM merged_files")
      .all();
    return new Map(rows.map(({ name, ...known }) => [name, known]));
  } catch (thrown) {
    if (/no such table/.test(messageOf(thrown))) return new Map(); // of an older version
    throw thrown;
  } finally {
    database.close();
  }
}

/** The newest attempt that is whole counts: what an earlier one still writes was overtaken. */
function mergeNewest(merger: Merger, ofRun: readonly SpoolFile[], warn: (line: string) => void): void {
  for (const file of ofRun) {
    const mark = markOf(file); // before it is read: what is published meanwhile is seen at the next look
    if (mark === null) continue;
    try {
      const [run] = merger.merge(file.path, {
        only: [file.runId],
        alongside: (database, [run]) => {
          database
            .prepare("INSERT OR REPLACE INTO merged_files VALUES (?, ?, ?, ?, ?)")
            .run(file.name, mark, file.runId, run!.writer, run!.ended ? 1 : 0);
        },
      });
      if (run!.mode === "conflict")
        warn(`${file.path}: run ${file.runId} went on here and elsewhere: the store keeps what it has`);
      return;
    } catch (thrown) {
      if (!(thrown instanceof UserError)) throw thrown;
      warn(thrown.message);
    }
  }
}

/** Clocks of hosts differ: how long a writer has been silent is told by the file server alone. */
function renewHeartbeat(database: Database, file: SpoolFile, at: { server: number; here: number }): void {
  const heartbeat = Math.round(at.here - Math.max(0, silenceOf(file, at.server)));
  database
    .prepare(
      `UPDATE runs SET heartbeat_at = :heartbeat, status = iif(:alive, 'RUNNING', status)
       WHERE id = :run AND status IN ('RUNNING', 'DEAD') AND deleted_at IS NULL
         AND writer = (SELECT writer FROM merged_files WHERE name = :name)`,
    )
    .run({
      heartbeat,
      alive: heartbeat >= at.here - deadAfterMs ? 1 : 0,
      run: file.runId,
      name: file.name,
    });
}
