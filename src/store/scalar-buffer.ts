// The scalars of one run on their way to the database. Each series gets its number with its first committed value.

import type { Database } from "better-sqlite3";

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
  /** Deletes stored values beyond `step`, and series without any value, within the caller's transaction. */
  deleteAfter(step: number): void;
  /** Reads the series and their last steps anew. */
  reload(): void;
};

type SeriesState = {
  readonly name: string;
  /** null until the database has given one. */
  id: number | null;
  lastStep: number;
};

export function createScalarBuffer(database: Database, runId: string): ScalarBuffer {
  const selectSeries = database.prepare<[string], { id: number; name: string; last: number | null }>(
    "SELECT id, name, (SELECT max(step) FROM scalars WHERE series_id = series.id) AS last FROM series WHERE run_id = ?",
  );
  const insertSeries = database
    .prepare<[string, string], number>("INSERT INTO series (run_id, name) VALUES (?, ?) RETURNING id")
    .pluck();
  const insertScalar = database.prepare("INSERT INTO scalars VALUES (?, ?, ?, ?)");
  const deleteScalars = database.prepare(
    "DELETE FROM scalars WHERE series_id IN (SELECT id FROM series WHERE run_id = ?) AND step > ?",
  );
  const deleteEmptySeries = database.prepare(
    "DELETE FROM series WHERE run_id = ? AND NOT EXISTS (SELECT 1 FROM scalars WHERE series_id = series.id)",
  );

  const known = new Map<string, SeriesState>();
  /** Ids given in a transaction that is not committed yet. */
  const fresh = new Map<SeriesState, number>();
  let waiting: { series: SeriesState; step: number; elapsedMs: number; value: number }[] = [];

  const reload = () => {
    known.clear();
    for (const { id, name, last } of selectSeries.all(runId))
      known.set(name, { name, id, lastStep: last ?? -1 });
    for (const { series, step } of waiting) {
      const state = known.get(series.name) ?? series;
      known.set(series.name, state);
      state.lastStep = Math.max(state.lastStep, step);
    }
  };
  reload();

  return {
    size: () => waiting.length,
    add(step, elapsedMs, values) {
      if (!Number.isSafeInteger(step) || step < 0)
        throw new Error(`run ${runId}: expected a whole step >= 0, got ${step}`);
      const names = Object.keys(values);
      for (const name of names) requireLoggable(name, step, values[name], known.get(name)?.lastStep ?? -1);
      for (const name of names) {
        const series = known.get(name) ?? { name, id: null, lastStep: step };
        known.set(name, series);
        series.lastStep = step;
        waiting.push({ series, step, elapsedMs, value: values[name]! });
      }
    },
    insert() {
      fresh.clear();
      for (const { series, step, elapsedMs, value } of waiting) {
        let id = series.id ?? fresh.get(series);
        if (id === undefined) {
          id = insertSeries.get(runId, series.name)!;
          fresh.set(series, id);
        }
        insertScalar.run(id, step, elapsedMs, value);
      }
    },
    committed() {
      for (const [series, id] of fresh) series.id = id;
      fresh.clear();
      waiting = [];
    },
    forget(step) {
      waiting = waiting.filter((scalar) => scalar.step <= step);
    },
    deleteAfter(step) {
      deleteScalars.run(runId, step);
      deleteEmptySeries.run(runId);
    },
    reload,
  };
}

function requireLoggable(name: string, step: number, value: unknown, lastStep: number): void {
  if (name === "") throw new Error("the name of a series must not be empty");
  if (typeof value !== "number") throw new Error(`series ${name}: expected a number, got ${typeof value}`);
  if (step <= lastStep)
    throw new Error(
      `series ${name}: expected a step after ${lastStep}, got ${step}: every step is logged once`,
    );
}
