// A sweep that agents of several hosts train: a folder on the disk that they share, <runs>/sweeps/<id>. While it is there
// every agent of the sweep goes by it, those on the machine of the store too: there is one answer to who trains what.

import { randomUUID } from "node:crypto";
import { mkdirSync, renameSync, rmSync } from "node:fs";
import path from "node:path";
import { namesIfThere } from "../../folder-names.ts";
import { newProcessToken } from "../../process-identity.ts";
import { removeLeftovers, temporaryName } from "../../whole-file.ts";
import type { SweepRow } from "../sweeps.ts";
import { isHundredFolder } from "./attempt-files.ts";
import { createExclusively, readObject, writeTemporary } from "./exclusive-file.ts";
import { createFileLeases, type FileLeases } from "./file-leases.ts";
import { createServerClock } from "./server-clock.ts";
import { createTrialFiles, type SharedTrial } from "./trial-files.ts";

export type SharedSweep = FileLeases & {
  /** As it stands now: its definition may be replaced. */
  getSweep(): SweepRow;
  /** By rising number. */
  trials(): readonly SharedTrial[];
  /** Of a run that one of `trials` has; as much of it as was logged for the others. */
  getRun(runId: string): { readonly stepsPerEpoch: number };
  series(runId: string, name: string): Curve | null;
};

type Curve = { readonly step: readonly number[]; readonly value: readonly number[] };

type Sources = {
  readonly monotonic?: () => number;
  readonly newToken?: () => string;
  readonly job?: string | null;
};

export function sharedSweepFolder(runsFolder: string, sweepId: string): string {
  return path.join(runsFolder, "sweeps", sweepId);
}

const definitionFile = "sweep.json";

/**
 * Makes a sweep one of several hosts; of one that is it already the definition is replaced. Throws UserError where the file
 * system cannot serve for it.
 */
export function shareSweep(runsFolder: string, row: SweepRow): void {
  const folder = sharedSweepFolder(runsFolder, row.id);
  mkdirSync(folder, { recursive: true });
  removeLeftovers(folder);
  const probe = temporaryName(path.join(folder, `probe.${randomUUID()}`));
  createExclusively(probe, "\n");
  rmSync(probe);
  const file = path.join(folder, definitionFile);
  renameSync(writeTemporary(file, `${JSON.stringify(row)}\n`), file);
}

/** Takes `shareSweep` back, unless a trial was claimed meanwhile. */
export function unshareSweep(runsFolder: string, sweepId: string): void {
  const folder = sharedSweepFolder(runsFolder, sweepId);
  if (!namesIfThere(folder).some(isHundredFolder)) rmSync(path.join(folder, definitionFile), { force: true });
}

/** Newest first. */
export function listSharedSweeps(runsFolder: string): SweepRow[] {
  return namesIfThere(path.join(runsFolder, "sweeps"))
    .flatMap((id) => readSharedSweep(runsFolder, id) ?? [])
    .sort((a, b) => b.createdAt - a.createdAt);
}

/** null where the sweep is none of several hosts. */
export function readSharedSweep(runsFolder: string, sweepId: string): SweepRow | null {
  const found = readObject(path.join(sharedSweepFolder(runsFolder, sweepId), definitionFile));
  if (found === null || found.id !== sweepId) return null;
  const { id, name, createdAt, definition } = found;
  const isWhole = typeof name === "string" && typeof createdAt === "number" && typeof definition === "string";
  return isWhole ? ({ id, name, createdAt, definition } as SweepRow) : null;
}

/** null where the sweep is none of several hosts. */
export function openSharedSweep(
  runsFolder: string,
  sweepId: string,
  { monotonic = () => performance.now(), newToken = newProcessToken, job = null }: Sources = {},
): SharedSweep | null {
  const row = readSharedSweep(runsFolder, sweepId);
  if (row === null) return null;
  const folder = sharedSweepFolder(runsFolder, sweepId);
  const files = createTrialFiles(sweepId, folder);
  const serverNow = createServerClock(folder, monotonic);
  return {
    getSweep: () => readSharedSweep(runsFolder, sweepId) ?? row,
    ...createFileLeases({ folder, files, serverNow, newToken, job }),
    trials() {
      files.look();
      return files.trials();
    },
    getRun: (runId) => ({ stepsPerEpoch: files.progress(runId)?.measured?.stepsPerEpoch ?? Number.NaN }),
    series(runId, name) {
      const measured = files.progress(runId)?.measured ?? null;
      return measured?.series === name ? measured : null;
    },
  };
}
