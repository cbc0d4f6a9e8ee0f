// Runs of stores that were copied here, of one run folder, of an archive: rows by the store's own merge, checkpoints beside.

import {
  closeSync,
  copyFileSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  renameSync,
  rmSync,
  statSync,
} from "node:fs";
import path from "node:path";
import { messageOf, UserError } from "../../errors.ts";
import { type MergedRun, type Merger, openMerger, RunNotThere } from "../../store/merge/merger.ts";
import { databasePath } from "../../store/open-database.ts";
import { markOf, spoolFiles, spoolFolder } from "../../store/spool/spool-files.ts";
import { removeLeftovers, temporaryName } from "../../whole-file.ts";
import { checkpointFiles, checkpointFolder } from "../checkpoints.ts";
import { isArchive, withUnpacked } from "./archive.ts";

export type ImportedRun = MergedRun & {
  /** How many were copied. */
  readonly checkpoints: number;
};

export type Imported = {
  readonly runs: readonly ImportedRun[];
  /** Of files that could not be taken. */
  readonly refusals: readonly UserError[];
};

/** Databases with runs, of which the first one that can be read counts, and the runs folder that has their checkpoints. */
type Source = {
  readonly files: readonly string[];
  readonly runsFolder: string;
  readonly only: readonly string[] | null;
};

/**
 * Imports what is at a path into the store of `runsFolder`: a runs folder with its spool, a store's file, the folder of one
 * run, or an archive. Of what is known here only later moments are taken. Throws UserError for anything else, and where nothing can be taken.
 */
export async function importRuns(runsFolder: string, from: string): Promise<Imported> {
  const found = statSync(from, { throwIfNoEntry: false });
  if (found === undefined) throw new UserError(`${from}: no such file or folder`);
  if (found.isFile() && isArchive(from))
    return withUnpacked(from, (folder) => {
      if (!existsSync(databasePath(folder))) throw new UserError(`${from}: holds no runs.db`);
      return importSources(runsFolder, [{ files: [databasePath(folder)], runsFolder: folder, only: null }]);
    });
  return importSources(runsFolder, found.isDirectory() ? sourcesIn(from) : [sourceOf(from)]);
}

function sourceOf(file: string): Source {
  if (/\.(pth|pt|safetensors)$/i.test(file))
    throw new UserError(`${file}: weights need --as, which says what they are of: --as pix2pix`);
  const folder = path.dirname(path.resolve(file));
  // As a file of a spool, which has the runs folder around it.
  const isSpooled = path.basename(folder) === path.basename(spoolFolder("."));
  return { files: [file], runsFolder: isSpooled ? path.dirname(folder) : folder, only: null };
}

/** Of a runs folder its store and its spool; of a folder within one the run that is named like it. */
function sourcesIn(folder: string): Source[] {
  const own = sourcesOf(folder, null);
  if (own.length > 0) return own;
  const id = path.basename(path.resolve(folder));
  const ofRun = sourcesOf(path.dirname(path.resolve(folder)), id);
  if (ofRun.length > 0) return ofRun;
  throw new UserError(
    `${folder}: expected a runs folder (with runs.db or spool) or the folder of a run in one; for a run alone use hueristic pack`,
  );
}

function sourcesOf(runsFolder: string, only: string | null): Source[] {
  const stored = existsSync(databasePath(runsFolder))
    ? [{ files: [databasePath(runsFolder)], runsFolder, only: only === null ? null : [only] }]
    : [];
  const spooled = [...spoolFiles(runsFolder)]
    .filter(([id]) => only === null || id === only)
    .map(([id, ofRun]) => ({
      files: ofRun.filter((file) => markOf(file) !== null).map((file) => file.path),
      runsFolder,
      only: [id],
    }))
    .filter(({ files }) => files.length > 0);
  return [...stored, ...spooled];
}

/** Throws UserError, with a line for every refusal, where nothing could be taken. */
function importSources(runsFolder: string, sources: readonly Source[]): Imported {
  const merger = openMerger(runsFolder);
  const runs = new Map<string, ImportedRun>();
  const refusals: UserError[] = [];
  try {
    for (const source of sources)
      for (const file of source.files) {
        try {
          for (const run of importSource(merger, file, source, runsFolder))
            runs.set(run.id, later(runs.get(run.id), run));
          break;
        } catch (thrown) {
          if (!(thrown instanceof UserError)) throw thrown;
          refusals.push(thrown);
        }
      }
  } finally {
    merger.close();
  }
  if (runs.size === 0 && refusals.length > 0)
    throw new UserError(refusals.map(({ message }) => message).join("\n"), { cause: refusals[0] });
  // A store and a spool side by side need not both have the run that is asked for.
  return { runs: [...runs.values()], refusals: refusals.filter((each) => !(each instanceof RunNotThere)) };
}

function importSource(merger: Merger, file: string, source: Source, runsFolder: string): ImportedRun[] {
  // A run that is taken back to an earlier step has other checkpoints from there on: they are here before its rows are, and
  // take their places after them.
  const replacements = new Map<string, Replacement>();
  try {
    const merged = merger.merge(file, {
      ...(source.only && { only: source.only }),
      purged: "comes back",
      alongside: (_, all) => {
        for (const { id, mode } of all)
          if (mode === "replace") replacements.set(id, startReplacement(source.runsFolder, runsFolder, id));
      },
    });
    return merged.map((run) => {
      const checkpoints = replacements.get(run.id)?.finish() ?? copyOf(run, source.runsFolder, runsFolder);
      return { ...run, checkpoints };
    });
  } finally {
    for (const { discard } of replacements.values()) discard();
  }
}

function copyOf({ id, mode }: MergedRun, from: string, to: string): number {
  return mode === "new" || mode === "extend" || mode === "add" ? copyMissing(from, to, id) : 0;
}

/** Of a run that came from two files of one folder what changed is told. */
function later(one: ImportedRun | undefined, other: ImportedRun): ImportedRun {
  if (one === undefined) return other;
  const changed = [other, one].find(({ mode }) => mode === "new" || mode === "replace" || mode === "extend");
  return { ...(changed ?? other), checkpoints: one.checkpoints + other.checkpoints };
}

/** How many were copied: those that are not there yet. */
function copyMissing(from: string, to: string, id: string): number {
  const target = checkpointFolder(to, id);
  removeLeftovers(target);
  let copied = 0;
  for (const file of checkpointFiles(checkpointFolder(from, id))) {
    const place = path.join(target, path.basename(file));
    if (existsSync(place)) continue;
    const temporary = temporaryName(place);
    if (!copyTo(temporary, file)) continue;
    putInPlace(temporary, place);
    copied++;
  }
  return copied;
}

type Replacement = {
  /** Puts all in their places, where later ones go; how many there are. */
  finish(): number;
  /** Removes what has not come to its place. */
  discard(): void;
};

function startReplacement(from: string, to: string, id: string): Replacement {
  const target = checkpointFolder(to, id);
  const files = checkpointFiles(checkpointFolder(from, id));
  removeLeftovers(target);
  const copies = new Map<string, string>();
  const discard = () => {
    for (const temporary of copies.keys()) rmSync(temporary, { force: true });
  };
  try {
    for (const file of files) {
      const place = path.join(target, path.basename(file));
      const temporary = temporaryName(place);
      if (copyTo(temporary, file)) copies.set(temporary, place);
    }
  } catch (thrown) {
    discard();
    throw thrown;
  }
  return {
    discard,
    finish() {
      for (const [temporary, place] of copies) putInPlace(temporary, place);
      const newest = files.at(-1);
      if (newest !== undefined)
        for (const old of checkpointFiles(target))
          if (path.basename(old) > path.basename(newest)) rmSync(old, { force: true });
      return copies.size;
    },
  };
}

function putInPlace(temporary: string, place: string): void {
  try {
    renameSync(temporary, place);
  } catch (thrown) {
    rmSync(temporary, { force: true });
    throw new UserError(`${place}: cannot be written: ${messageOf(thrown)}`, { cause: thrown });
  }
}

/** False where the run's own training has removed the file since it was listed. */
function copyTo(target: string, file: string): boolean {
  try {
    mkdirSync(path.dirname(target), { recursive: true });
    copyFileSync(file, target);
    const opened = openSync(target, "r+");
    try {
      fsyncSync(opened);
    } finally {
      closeSync(opened);
    }
    return true;
  } catch (thrown) {
    rmSync(target, { force: true });
    if (existsSync(path.dirname(file)) && !existsSync(file)) return false;
    throw new UserError(`${file}: cannot be copied to ${path.dirname(target)}: ${messageOf(thrown)}`, {
      cause: thrown,
    });
  }
}
