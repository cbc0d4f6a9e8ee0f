// Runs of another database into the store of this machine: of a file of the spool, of a store that was copied here, of one
// run that was packed. One transaction for each file: a merge that is killed has changed nothing. Merging again changes
// nothing, a run that is still under way is brought up to date, and no run ever goes back.

import type Database from "better-sqlite3";
import { UserError } from "../../errors.ts";
import { databasePath, openForWriting } from "../open-database.ts";
import { errorCodeOf, storeError } from "../store-error.ts";
import { createRunMerger, temporaryTables } from "./merge-runs.ts";
import { mergeSweepsAndStudies } from "./merge-sweeps-and-studies.ts";
import { type Descent, type MergeMode, mergeModeOf, type RunVersion } from "./run-versions.ts";
import { createSources, other, sourceError } from "./source-copy.ts";

export type MergeOptions = {
  /** The only runs to take, without sweeps and studies; all, with them, where it is left out. */
  readonly only?: readonly string[];
  /** Whether a run that was purged here comes back. */
  readonly purged?: "stays away" | "comes back";
  /** Within the same transaction, once the rows are here. */
  readonly alongside?: (database: Database.Database, merged: Merged) => void;
};

export type MergedRun = {
  readonly id: string;
  readonly mode: MergeMode | "purged";
  /** Finished, failed or killed, as the merged file has it. */
  readonly ended: boolean;
  /** The token of its writer, as the merged file has it. */
  readonly writer: string | null;
};

/** What became of every run of the file that is not in its trash, in the order in which they began. */
export type Merged = readonly MergedRun[];

/** A file has not the run that is asked for. */
export class RunNotThere extends UserError {}

export type Merger = {
  /** The store's own connection, for what goes along with merging. */
  readonly database: Database.Database;
  /**
   * Throws UserError, with nothing changed, for a file that is damaged, of a newer version or of another program, where it
   * has not the run that is asked for, and where the store cannot be written.
   */
  merge(file: string, options?: MergeOptions): Merged;
  close(): void;
};

type BothVersions = {
  readonly id: string;
  readonly writer: string | null;
  readonly purged: 0 | 1;
} & Record<"revision" | "elapsed", number> &
  Record<"token", string | null> &
  Record<"ended" | "theyFollow" | "weFollow", 0 | 1> &
  Record<"ownRevision" | "ownElapsed" | "cutStep" | "cutEpoch", number | null> & {
    readonly ownToken: string | null;
    readonly ownEnded: 0 | 1 | null;
  };

/** The earliest step or epoch from which the other copy was trained anew since it was as the own one is. */
const firstCut = (column: string) =>
  `(SELECT min(${column}) FROM ${other}.revisions WHERE run_id = theirs.id AND revision > own.revision)`;

/** Merges into the store of `folder`, which it makes where there is none. */
export function openMerger(folder: string): Merger {
  const path = databasePath(folder);
  const database = openForWriting(folder);
  database.pragma("trusted_schema = OFF");
  database.exec(temporaryTables);
  const mergeRuns = createRunMerger(database);
  const sources = createSources(database);

  const selectBoth = `
    SELECT theirs.id, theirs.writer, theirs.revision, theirs.revision_token AS token, theirs.elapsed_ms AS elapsed,
      theirs.finished_at IS NOT NULL AS ended, own.revision AS ownRevision, own.revision_token AS ownToken,
      own.elapsed_ms AS ownElapsed, own.finished_at IS NOT NULL AS ownEnded,
      EXISTS (SELECT 1 FROM ${other}.revisions AS r WHERE r.run_id = theirs.id
        AND r.revision = own.revision AND r.token IS own.revision_token) AS theyFollow,
      EXISTS (SELECT 1 FROM main.revisions AS r WHERE r.run_id = theirs.id
        AND r.revision = theirs.revision AND r.token IS theirs.revision_token) AS weFollow,
      ${firstCut("cut_step")} AS cutStep, ${firstCut("cut_epoch")} AS cutEpoch,
      EXISTS (SELECT 1 FROM main.purged_runs WHERE id = theirs.id) AS purged
    FROM ${other}.runs AS theirs LEFT JOIN main.runs AS own ON own.id = theirs.id
    WHERE theirs.deleted_at IS NULL AND (:only IS NULL OR theirs.id IN (SELECT value FROM json_each(:only))) ORDER BY theirs.rowid`;

  const mergeAttached = (
    file: string,
    { only, purged = "stays away", alongside = () => {} }: MergeOptions,
  ): Merged => {
    // Takes the lock of the store, and not that of what is attached, whose writers need not wait.
    database.exec("DELETE FROM main.purged_runs WHERE false");
    database.exec("DELETE FROM taken");
    const take = database.prepare("INSERT INTO taken VALUES (?, ?, ?, ?)");
    const merged = database
      .prepare<[object], BothVersions>(selectBoth)
      .all({ only: only === undefined ? null : JSON.stringify(only) })
      .map((both): MergedRun => {
        const { id, writer } = both;
        // Folders are named after them.
        if (!/^\w+$/.test(id)) throw new UserError(`${file}: ${JSON.stringify(id)} is no id of a run`);
        const staysAway = both.purged === 1 && purged === "stays away";
        const mode = staysAway
          ? "purged"
          : mergeModeOf(ownVersion(both), theirVersion(both), descentOf(both));
        if (mode === "new" || mode === "replace" || mode === "extend" || mode === "add")
          take.run(id, mode, both.cutStep, both.cutEpoch);
        return { id, mode, ended: both.ended === 1, writer };
      });
    const missing = only?.find((id) => !merged.some((run) => run.id === id));
    if (missing !== undefined) throw new RunNotThere(`${file}: has no run ${missing}`);
    mergeRuns();
    if (only === undefined) mergeSweepsAndStudies(database);
    database.exec("DELETE FROM main.purged_runs WHERE id IN (SELECT run_id FROM taken)");
    alongside(database, merged);
    return merged;
  };
  const mergeAtOnce = database.transaction(mergeAttached);

  return {
    database,
    merge: (file, options = {}) =>
      sources.attach(file, () => {
        try {
          return mergeAtOnce.deferred(file, options);
        } catch (thrown) {
          throw mergeError(thrown, file, path);
        }
      }),
    close() {
      sources.close();
      database.close();
    },
  };
}

/** Merges one file into the store of a folder. Throws as `Merger.merge` does. */
export function mergeStore(folder: string, file: string, options?: MergeOptions): Merged {
  const merger = openMerger(folder);
  try {
    return merger.merge(file, options);
  } finally {
    merger.close();
  }
}

/** What the rows themselves are refused for is the fault of the merged file. */
function mergeError(thrown: unknown, file: string, path: string): unknown {
  const code = errorCodeOf(thrown);
  if (code.startsWith("SQLITE_CORRUPT")) return sourceError(thrown, file);
  const lacksTables = thrown instanceof Error && /^no such (table|column)\b/.test(thrown.message);
  if (lacksTables || /^SQLITE_(CONSTRAINT|MISMATCH)/.test(code))
    return new UserError(`${file}: its rows are not those of runs: ${(thrown as Error).message}`, {
      cause: thrown,
    });
  return storeError(thrown, path);
}

function theirVersion({ revision, token, ended, elapsed }: BothVersions): RunVersion {
  return { revision, token, ended: ended === 1, elapsedMs: elapsed };
}

function descentOf({ theyFollow, weFollow }: BothVersions): Descent {
  return { theyFollow: theyFollow === 1, weFollow: weFollow === 1 };
}

function ownVersion({ ownRevision, ownToken, ownEnded, ownElapsed }: BothVersions): RunVersion | null {
  if (ownRevision === null) return null;
  return { revision: ownRevision, token: ownToken, ended: ownEnded === 1, elapsedMs: ownElapsed! };
}
