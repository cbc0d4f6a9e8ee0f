// The scalars of one run on their way to the database.

import type { Database } from "better-sqlite3";
import { seriesName } from "../runs/series.ts";

export type ScalarBuffer = {
  /** How many values wait. */
  size(): number;
  /** Takes one value per series, or throws and takes none. */
  add(step: number, elapsedMs: number, values: Readonly<Record<string, number>>): void;
  /** Writes what waits, within the caller's transaction. */
  insert(): void;
  /** To call once the transaction of `insert` is committed: nothing waits then. */
  committed(): void;
  /** Drops what waits beyond `step`. */
  forget(step: number): void;
  /** Deletes stored values beyond `step`, within the caller's transaction. */
  deleteAfter(step: number): void;
  /** Reads the declared series and their last steps anew. */
  reload(): void;
};

type SeriesState = { readonly id: number; lastStep: number };

type Scalar = {
  readonly seriesId: number;
  readonly step: number;
  readonly elapsedMs: number;
  readonly value: number;
};

export function createScalarBuffer(database: Database, runId: string): ScalarBuffer {
  const selectSeries = database.prepare<
    [string],
    { id: number; set: string; name: string; last: number | null }
  >(
    `SELECT id, "set", name, (SELECT max(step) FROM scalars WHERE series_id = series.id) AS last
     FROM series WHERE run_id = ?`,
  );
  const insertScalar = database.prepare("INSERT INTO scalars VALUES (?, ?, ?, ?)");
  const deleteScalars = database.prepare(
    "DELETE FROM scalars WHERE series_id IN (SELECT id FROM series WHERE run_id = ?) AND step > ?",
  );

  const known = new Map<string, SeriesState>();
  let waiting: Scalar[] = [];

  const reload = () => {
    known.clear();
    const byId = new Map<number, SeriesState>();
    for (const { id, last, ...spec } of selectSeries.all(runId)) {
      const series = { id, lastStep: last ?? -1 };
      known.set(seriesName(spec), series);
      byId.set(id, series);
    }
    for (const { seriesId, step } of waiting) {
      const series = byId.get(seriesId)!;
      series.lastStep = Math.max(series.lastStep, step);
    }
  };
  reload();

  return {
    size: () => waiting.length,
    add(step, elapsedMs, values) {
      if (!Number.isSafeInteger(step) || step < 0)
        throw new Error(`run ${runId}: expected a whole step >= 0, got ${step}`);
      const entries = Object.entries(values);
      for (const [name, value] of entries) requireLoggable(name, step, value, known.get(name));
      for (const [name, value] of entries) {
        const series = known.get(name)!;
        series.lastStep = step;
        waiting.push({ seriesId: series.id, step, elapsedMs, value });
      }
    },
    insert() {
      for (const { seriesId, step, elapsedMs, value } of waiting)
        insertScalar.run(seriesId, step, elapsedMs, value);
    },
    committed() {
      waiting = [];
    },
    forget(step) {
      waiting = waiting.filter((scalar) => scalar.step <= step);
    },
    deleteAfter(step) {
      deleteScalars.run(runId, step);
    },
    reload,
  };
}

function requireLoggable(name: string, step: number, value: unknown, series: SeriesState | undefined): void {
  if (series === undefined) throw new Error(`series ${JSON.stringify(name)}: was not declared`);
  if (typeof value !== "number") throw new Error(`series ${name}: expected a number, got ${typeof value}`);
  if (step <= series.lastStep)
    throw new Error(
      `series ${name}: expected a step after ${series.lastStep}, got ${step}: every step is logged once`,
    );
}
