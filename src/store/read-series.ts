// The series of a run: what is declared, and values with their declarations.

import type { Database } from "better-sqlite3";
import { type SeriesSpec, seriesName } from "../runs/series.ts";
import { createSpecReader } from "./kind-rows.ts";
import type { Series } from "./rows.ts";

export type SeriesReader = {
  /** Declared series in the order of their declaration, whether they have values or not. */
  specs(runId: string): SeriesSpec[];
  /** Those that have values, in the order of their declaration. */
  allSeries(runId: string): Series[];
  /** By a name such as "unseen/psnr"; undefined where the run has no value of it behind `afterStep`. Ordered by step. */
  series(runId: string, name: string, afterStep?: number): Series | undefined;
};

type Declared = { readonly id: number; readonly set: string; readonly kindId: number };

export function createSeriesReader(database: Database): SeriesReader {
  const selectDeclared = database.prepare<[string], Declared>(
    'SELECT id, "set", kind_id AS kindId FROM series WHERE run_id = ? ORDER BY id',
  );
  const selectNamed = database.prepare<[string, string], Declared>(
    `SELECT id, "set", kind_id AS kindId FROM series WHERE run_id = ? AND "set" || '/' || name = ?`,
  );
  const selectScalars = database
    .prepare<[number, number], [step: number, elapsedMs: number, value: number | null]>(
      "SELECT step, elapsed_ms, value FROM scalars WHERE series_id = ? AND step > ? ORDER BY step",
    )
    .raw();
  const specOf = createSpecReader(database);

  const read = ({ id, set, kindId }: Declared, afterStep = -1): Series | undefined => {
    const rows = selectScalars.all(id, afterStep);
    if (rows.length === 0) return undefined;
    const spec = specOf(set, kindId);
    return {
      name: seriesName(spec),
      spec,
      step: Float64Array.from(rows, ([step]) => step),
      elapsedMs: Float64Array.from(rows, ([, elapsedMs]) => elapsedMs),
      value: Float64Array.from(rows, ([, , value]) => value ?? Number.NaN),
    };
  };
  return {
    specs: (runId) => selectDeclared.all(runId).map(({ set, kindId }) => specOf(set, kindId)),
    allSeries: (runId) => selectDeclared.all(runId).flatMap((declared) => read(declared) ?? []),
    series(runId, name, afterStep) {
      const declared = selectNamed.get(runId, name);
      return declared && read(declared, afterStep);
    },
  };
}
