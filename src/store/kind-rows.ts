// Declarations of series in and out of the catalogue `series_kinds`: a row for every different one.

import type { Database } from "better-sqlite3";
import type { SeriesKind, SeriesSpec } from "../runs/series.ts";

type StoredKind = Omit<SeriesKind, "range"> & {
  readonly range_from: number | null;
  readonly range_to: number | null;
};

/** All columns of a declaration but its number. */
export const kindColumns = [
  "name",
  "title",
  "unit",
  "better",
  "family",
  "per",
  "compares",
  "chart",
  "reference",
  "range_from",
  "range_to",
  "description",
  "source",
] as const satisfies readonly (keyof StoredKind)[];

function rowOf(kind: SeriesKind): StoredKind {
  const { name, title, unit, better, family, per, compares, chart, reference, range, description, source } =
    kind;
  const [range_from, range_to] = range ?? [null, null];
  const plain = { name, title, unit, better, family, per, compares, chart, reference };
  return { ...plain, range_from, range_to, description, source };
}

function kindOf({ range_from, range_to, ...kind }: StoredKind): SeriesKind {
  return { ...kind, range: range_from === null || range_to === null ? null : [range_from, range_to] };
}

/** Gives the number of a declaration's row, which it adds where it is missing, within the caller's transaction. */
export function createKindWriter(database: Database): (kind: SeriesKind) => number {
  const find = database
    .prepare<[StoredKind], number>(
      `SELECT id FROM series_kinds WHERE ${kindColumns.map((column) => `${column} IS :${column}`).join(" AND ")}`,
    )
    .pluck();
  const insert = database
    .prepare<[StoredKind], number>(
      `INSERT INTO series_kinds (${kindColumns.join(", ")}) VALUES (${kindColumns.map((column) => `:${column}`).join(", ")})
       RETURNING id`,
    )
    .pluck();
  return (kind) => {
    const row = rowOf(kind);
    return find.get(row) ?? insert.get(row)!;
  };
}

/** Gives the declarations of sets by the number of their rows: one object for each set and row, however often asked. */
export function createSpecReader(database: Database): (set: string, kindId: number) => SeriesSpec {
  const select = database.prepare<[number], StoredKind>(
    `SELECT ${kindColumns.join(", ")} FROM series_kinds WHERE id = ?`,
  );
  // Rows never change, so they are read once.
  const known = new Map<string, SeriesSpec>();
  return (set, kindId) => {
    const key = `${kindId} ${set}`;
    const spec = known.get(key) ?? { ...kindOf(select.get(kindId)!), set };
    known.set(key, spec);
    return spec;
  };
}

/** Declares series of a run, within the caller's transaction; of a known one the newest declaration holds. */
export function createSeriesDeclarer(
  database: Database,
): (runId: string, specs: readonly SeriesSpec[]) => void {
  const kindIdOf = createKindWriter(database);
  const insert = database.prepare(
    `INSERT INTO series (run_id, "set", name, kind_id) VALUES (?, ?, ?, ?)
     ON CONFLICT (run_id, "set", name) DO UPDATE SET kind_id = excluded.kind_id`,
  );
  return (runId, specs) => {
    for (const spec of specs) insert.run(runId, spec.set, spec.name, kindIdOf(spec));
  };
}
