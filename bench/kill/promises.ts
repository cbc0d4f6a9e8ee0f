// What must hold after a kill: looked at in files and by SQL of its own, beside what the program says of itself.

import { copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { basename, join } from "node:path";
import Database from "better-sqlite3";
import { messageOf } from "../../src/errors.ts";
import { checkpointFiles, checkpointFolder, readCheckpoint } from "../../src/runner/checkpoints.ts";
import { databasePath } from "../../src/store/open-database.ts";

/** Runs of a store as a crash left it. */
export type CrashedRun = {
  readonly id: string;
  /** Of the last losses that were committed. */
  readonly step: number;
  /** Whether it was looking at images between two epochs, which logs nothing until it is done. */
  readonly isEvaluating: boolean;
  /** When the last value that was committed was logged, milliseconds since 1970; the beginning of the run before the first. */
  readonly lastAt: number;
};

export type Crashed = { readonly faults: readonly string[]; readonly runs: readonly CrashedRun[] };

/** Looks at a copy, so that the next process of the program is the first that finds what the dead one left. */
export function lookAtDatabase(runs: string, copyFolder: string): Crashed {
  if (!existsSync(databasePath(runs))) return { faults: [], runs: [] };
  mkdirSync(copyFolder, { recursive: true });
  for (const suffix of ["", "-wal"])
    if (existsSync(databasePath(runs) + suffix))
      copyFileSync(databasePath(runs) + suffix, databasePath(copyFolder) + suffix);
  const database = new Database(databasePath(copyFolder));
  try {
    const faults: string[] = [];
    const integrity = database.pragma("integrity_check", { simple: true });
    if (integrity !== "ok") faults.push(`integrity_check: ${integrity}`);
    const orphans = database.pragma("foreign_key_check") as unknown[];
    if (orphans.length > 0) faults.push(`foreign_key_check: ${orphans.length} rows`);
    const hasRuns = database.prepare("SELECT 1 FROM sqlite_schema WHERE name = 'runs'").get() !== undefined;
    const rows = hasRuns ? database.prepare<[], StoredRun>(crashedRuns).all() : [];
    const runs = rows.map(({ stepsPerEpoch, evaluated, ...run }) => ({
      ...run,
      isEvaluating: run.step % stepsPerEpoch === 0 && evaluated < run.step,
    }));
    return { faults, runs };
  } finally {
    database.close();
    rmSync(copyFolder, { recursive: true });
  }
}

type StoredRun = Omit<CrashedRun, "isEvaluating"> & {
  readonly stepsPerEpoch: number;
  /** The last step that was evaluated; -1 before the first. */
  readonly evaluated: number;
};

const crashedRuns = `SELECT runs.id, steps_per_epoch AS stepsPerEpoch,
    created_at + coalesce(max(scalars.elapsed_ms), 0) AS lastAt,
    coalesce(max(step) FILTER (WHERE series."set" = 'train' AND series.name = 'loss'), 0) AS step,
    coalesce(max(step) FILTER (WHERE series."set" = 'train' AND series.name = 'evaluation_seconds'), -1) AS evaluated
  FROM runs LEFT JOIN series ON series.run_id = runs.id LEFT JOIN scalars ON series_id = series.id
  GROUP BY runs.id ORDER BY created_at`;

/** Checkpoints that are not whole, or ahead of the values of their run. */
export function checkpointFaults(runs: string, { id, step }: CrashedRun): string[] {
  return checkpointFiles(checkpointFolder(runs, id)).flatMap((file) => {
    try {
      const found = readCheckpoint(file).step;
      return found <= step ? [] : [`${basename(file)} is ahead of the store, which has ${step} steps`];
    } catch (thrown) {
      return [messageOf(thrown)];
    }
  });
}

/** All that a run has logged and shown but for times, a line each. */
function numbersOf(runs: string, id: string): string[] {
  const database = new Database(databasePath(runs), { readonly: true });
  try {
    return [
      `SELECT series, step, value FROM scalar_values
       WHERE run = ? AND series NOT LIKE '%\\_seconds' ESCAPE '\\' AND series NOT LIKE '%\\_second' ESCAPE '\\'
       ORDER BY series, step`,
      'SELECT "set", metric, step, image_id, value FROM image_metrics WHERE run = ? ORDER BY 1, 2, 3, 4',
      'SELECT epoch, "set", idx, kind, image_id, blob_hash FROM images WHERE run_id = ? ORDER BY 1, 2, 3, 4',
      "SELECT status, error FROM runs WHERE id = ?",
    ].flatMap((sql) =>
      database
        .prepare<[string], unknown[]>(sql)
        .raw()
        .all(id)
        .map((row) => JSON.stringify(row)),
    );
  } finally {
    database.close();
  }
}

/** The weights with which a run ended. */
function lastCheckpoint(runs: string, id: string): Buffer | null {
  const file = checkpointFiles(checkpointFolder(runs, id)).at(-1);
  return file === undefined ? null : readFileSync(file);
}

/** How a run differs from one that nobody stopped. */
export function differences(
  [runs, id]: readonly [string, string],
  whole: readonly [string, string],
): string[] {
  const [found, expected] = [numbersOf(runs, id), numbersOf(...whole)];
  const at = expected.findIndex((line, index) => line !== found[index]);
  const faults: string[] = [];
  if (at >= 0) faults.push(`run ${id}: expected ${expected[at]}, got ${found[at]}`);
  else if (found.length !== expected.length)
    faults.push(`run ${id}: has ${found.length - expected.length} rows too many`);
  const [weights, expectedWeights] = [lastCheckpoint(runs, id), lastCheckpoint(...whole)];
  if (
    weights === null ? expectedWeights !== null : expectedWeights === null || !weights.equals(expectedWeights)
  )
    faults.push(`run ${id}: ends with other weights`);
  return faults;
}

/** Temporary files and locks that are still there. */
export function leftovers(runs: string, temporary: string): string[] {
  const isTemporary = /\.tmp$|\.tmp-|\.lock($|\.)|^\.rescue-|-journal$/;
  const inRuns = readdirSync(runs, { recursive: true, encoding: "utf8" }).filter((name) =>
    isTemporary.test(basename(name)),
  );
  return [...inRuns, ...readdirSync(temporary).map((name) => join("$TMPDIR", name))].map(
    (name) => `left for ever: ${name}`,
  );
}
