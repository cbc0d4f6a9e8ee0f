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
import { type MergedRun, openMerger } from "../../store/merge/merger.ts";
import { databasePath } from "../../store/open-database.ts";
import { spoolFiles, spoolFolder } from "../../store/spool/spool-files.ts";
import { temporaryName } from "../../whole-file.ts";
import { checkpointFiles, checkpointFolder } from "../checkpoints.ts";
import { isArchive, withUnpacked } from "./archive.ts";

export type ImportedRun = MergedRun & {
  /** How many were copied. */
  readonly checkpoints: number;
};

/** A database with runs, and the runs folder that has their checkpoints. */
type Source = { readonly file: string; readonly runsFolder: string; readonly only: readonly string[] | null };

/**
 * Imports what is at a path into the store of `runsFolder`: a runs folder with its spool, a store's file, the folder of one
 * run, or an archive. Of what is known here only later moments are taken. Throws UserError for anything else.
 */
export async function importRuns(runsFolder: string, from: string): Promise<ImportedRun[]> {
  const found = statSync(from, { throwIfNoEntry: false });
  if (found === undefined) throw new UserError(`${from}: no such file or folder`);
  if (found.isFile() && isArchive(from))
    return withUnpacked(from, (folder) => {
      if (!existsSync(databasePath(folder))) throw new UserError(`${from}: holds no runs.db`);
      return importSources(runsFolder, [{ file: databasePath(folder), runsFolder: folder, only: null }]);
    });
  return importSources(runsFolder, found.isDirectory() ? sourcesIn(from) : [sourceOf(from)]);
}

function sourceOf(file: string): Source {
  if (/\.(pth|pt|safetensors)$/i.test(file))
    throw new UserError(`${file}: weights need --as, which says what they are of: --as pix2pix`);
  const folder = path.dirname(path.resolve(file));
  // As a file of a spool, which has the runs folder around it.
  const isSpooled = path.basename(folder) === path.basename(spoolFolder("."));
  return { file, runsFolder: isSpooled ? path.dirname(folder) : folder, only: null };
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
    ? [{ file: databasePath(runsFolder), runsFolder, only: only === null ? null : [only] }]
    : [];
  const spooled = [...spoolFiles(runsFolder)]
    .filter(([id]) => only === null || id === only)
    .map(([id, [newest]]) => ({ file: newest!.path, runsFolder, only: [id] }));
  return [...stored, ...spooled];
}

function importSources(runsFolder: string, sources: readonly Source[]): ImportedRun[] {
  const merger = openMerger(runsFolder);
  const imported = new Map<string, ImportedRun>();
  const refusals: UserError[] = [];
  try {
    for (const source of sources) {
      try {
        // A run that is taken back to an earlier step has other checkpoints from there on: at once with its rows.
        const replaced = new Map<string, number>();
        const merged = merger.merge(source.file, {
          ...(source.only && { only: source.only }),
          purged: "comes back",
          alongside: (_, all) => {
            for (const { id, mode } of all)
              if (mode === "replace")
                replaced.set(id, copyCheckpoints(source.runsFolder, runsFolder, id, true));
          },
        });
        for (const run of merged) {
          const copied = replaced.get(run.id) ?? copyOf(run, source.runsFolder, runsFolder);
          imported.set(run.id, later(imported.get(run.id), { ...run, checkpoints: copied }));
        }
      } catch (thrown) {
        // A store and a spool side by side need not both have the run that is asked for.
        if (!(thrown instanceof UserError) || sources.length === 1) throw thrown;
        refusals.push(thrown);
      }
    }
  } finally {
    merger.close();
  }
  if (imported.size === 0 && refusals.length > 0) throw refusals[0];
  return [...imported.values()];
}

function copyOf({ id, mode }: MergedRun, from: string, to: string): number {
  return mode === "new" || mode === "extend" || mode === "add" ? copyCheckpoints(from, to, id, false) : 0;
}

/** Of a run that came from two files of one folder what changed is told. */
function later(one: ImportedRun | undefined, other: ImportedRun): ImportedRun {
  if (one === undefined) return other;
  const changed = [other, one].find(({ mode }) => mode === "new" || mode === "replace" || mode === "extend");
  return { ...(changed ?? other), checkpoints: one.checkpoints + other.checkpoints };
}

/** How many were copied: those that are not there yet or, with `replace`, all, and later ones go. */
function copyCheckpoints(from: string, to: string, id: string, replace: boolean): number {
  const [source, target] = [checkpointFolder(from, id), checkpointFolder(to, id)];
  const files = checkpointFiles(source);
  let copied = 0;
  for (const file of files) {
    const place = path.join(target, path.basename(file));
    if (!replace && existsSync(place)) continue;
    copyWhole(file, place);
    copied++;
  }
  const newest = files.at(-1);
  if (replace && newest !== undefined)
    for (const old of checkpointFiles(target))
      if (path.basename(old) > path.basename(newest)) rmSync(old, { force: true });
  return copied;
}

function copyWhole(file: string, target: string): void {
  const temporary = temporaryName(target);
  try {
    mkdirSync(path.dirname(target), { recursive: true });
    copyFileSync(file, temporary);
    const opened = openSync(temporary, "r+");
    try {
      fsyncSync(opened);
    } finally {
      closeSync(opened);
    }
    renameSync(temporary, target);
  } catch (thrown) {
    rmSync(temporary, { force: true });
    throw new UserError(`${target}: cannot be written: ${messageOf(thrown)}`, { cause: thrown });
  }
}
