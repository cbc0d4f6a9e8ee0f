// The rows of runs from an attached database into the store's own, within the caller's transaction. Which runs are taken,
// and how, stands in the temporary table `taken` (run-versions.ts says what the modes mean). Numbers of series and kinds are
// the store's own: temporary tables map them. What the copy here has beyond the step from which a run was trained anew is of
// networks that are no part of it any more, and goes.

import type { Database } from "better-sqlite3";
import { createBlobSweeper } from "../delete-run.ts";
import { kindColumns } from "../kind-rows.ts";
import { other } from "./source-copy.ts";

export const temporaryTables = `
CREATE TEMP TABLE taken (
  run_id TEXT NOT NULL PRIMARY KEY, mode TEXT NOT NULL, cut_step INTEGER, cut_epoch INTEGER
) STRICT, WITHOUT ROWID;
CREATE TEMP TABLE series_map (
  theirs INTEGER NOT NULL PRIMARY KEY, ours INTEGER NOT NULL, fresh INTEGER NOT NULL, per_step INTEGER NOT NULL
) STRICT;
CREATE TEMP TABLE kind_map (theirs INTEGER NOT NULL PRIMARY KEY, ours INTEGER NOT NULL) STRICT;
CREATE TEMP TABLE new_datasets (fingerprint TEXT NOT NULL PRIMARY KEY) STRICT, WITHOUT ROWID;
`;

/** What a person says of a run here stays, and the trash is each store's own. */
const ownColumns = ["id", "note", "deleted_at"];

const modes = (...names: readonly string[]) =>
  `(SELECT run_id FROM taken WHERE mode IN (${names.map((name) => `'${name}'`).join(", ")}))`;

/** Of sets whose images differ between the two nothing is taken. */
const sameImages = (run: string, set: string) =>
  `(SELECT fingerprint FROM main.evaluation_sets AS own WHERE own.run_id = ${run} AND own."set" = ${set}) IS NULL
   OR EXISTS (SELECT 1 FROM main.evaluation_sets AS own JOIN ${other}.evaluation_sets AS theirs USING (run_id, "set", fingerprint)
     WHERE own.run_id = ${run} AND own."set" = ${set})`;

/** The beginning of the statement that copies rows of a table from the other database. */
export type CopyRows = (table: string) => string;

/** By the names of the columns: the other database may have them in another order, and more of them. */
export function createRowCopy(database: Database): CopyRows {
  return (table) => {
    const columns = columnsOf(database, table)
      .map((name) => `"${name}"`)
      .join(", ");
    return `INSERT INTO main.${table} (${columns}) SELECT ${columns} FROM ${other}.${table}`;
  };
}

function columnsOf(database: Database, table: string): string[] {
  return database
    .prepare<[string], string>("SELECT name FROM pragma_table_info(?, 'main')")
    .pluck()
    .all(table);
}

/** Gives a function that takes over the rows of the runs in `taken`. */
export function createRunMerger(database: Database): () => void {
  const copy = createRowCopy(database);
  const columns = columnsOf(database, "runs");
  const updated = columns.filter((name) => !ownColumns.includes(name)).join(", ");
  const sameKind = kindColumns.map((column) => `own.${column} IS theirs.${column}`).join(" AND ");
  const kinds = kindColumns.join(", ");
  const blobs = createBlobSweeper(database);

  const datasets = `
DELETE FROM new_datasets;
INSERT INTO new_datasets
SELECT fingerprint FROM ${other}.datasets WHERE fingerprint NOT IN (SELECT fingerprint FROM main.datasets) AND fingerprint IN (
  SELECT dataset_fingerprint FROM ${other}.runs WHERE id IN (SELECT run_id FROM taken)
  UNION SELECT fingerprint FROM ${other}.evaluation_sets WHERE run_id IN (SELECT run_id FROM taken)
  UNION SELECT part_of FROM ${other}.evaluation_sets WHERE run_id IN (SELECT run_id FROM taken)
);
${["datasets", "dataset_images", "skipped_files"].map((table) => `${copy(table)} WHERE fingerprint IN (SELECT fingerprint FROM new_datasets);`).join("\n")}
UPDATE main.datasets SET unseen_fingerprint = theirs.unseen_fingerprint FROM ${other}.datasets AS theirs
WHERE theirs.fingerprint = datasets.fingerprint AND datasets.unseen_fingerprint IS NULL;
`;

  // Of a run in the trash here nobody is the writer, as trash.ts has it.
  const runs = `
INSERT INTO main.runs (${columns.join(", ")})
SELECT ${columns.join(", ")} FROM ${other}.runs WHERE id IN ${modes("new")} ORDER BY rowid;
${copy("tags")} WHERE run_id IN ${modes("new")};
UPDATE main.runs SET (${updated}) = (SELECT ${updated} FROM ${other}.runs AS theirs WHERE theirs.id = runs.id)
WHERE id IN ${modes("replace", "extend")};
UPDATE main.runs SET writer = NULL, status = iif(status = 'RUNNING', 'DEAD', status)
WHERE deleted_at IS NOT NULL AND id IN ${modes("replace", "extend")};
DELETE FROM main.earlier_experiments WHERE run_id IN ${modes("replace")};
${copy("earlier_experiments")} WHERE run_id IN ${modes("new", "replace")};
${copy("revisions")} WHERE run_id IN ${modes("new", "replace")} ON CONFLICT DO NOTHING;
DELETE FROM main.events WHERE run_id IN ${modes("replace", "extend")};
INSERT INTO main.events (run_id, at, level, kind, message)
SELECT run_id, at, level, kind, message FROM ${other}.events WHERE run_id IN ${modes("new", "replace", "extend")} ORDER BY id;
`;

  const cutStep = (series: string) =>
    `(SELECT cut_step FROM taken JOIN main.series ON taken.run_id = series.run_id WHERE mode = 'replace' AND series.id = ${series})`;
  const isCut =
    "IN (SELECT id FROM main.series JOIN taken USING (run_id) WHERE mode = 'replace' AND cut_step IS NOT NULL)";
  const sets = `
DELETE FROM main.scalars WHERE series_id ${isCut} AND step > ${cutStep("scalars.series_id")};
DELETE FROM main.image_values WHERE series_id ${isCut} AND step > ${cutStep("image_values.series_id")};
DELETE FROM main.series WHERE run_id IN ${modes("replace")}
  AND EXISTS (SELECT 1 FROM main.evaluation_sets AS own JOIN ${other}.evaluation_sets AS theirs USING (run_id, "set")
    WHERE own.run_id = series.run_id AND own."set" = series."set" AND own.fingerprint <> theirs.fingerprint);
DELETE FROM main.series WHERE run_id IN ${modes("replace")}
  AND EXISTS (SELECT 1 FROM ${other}.series AS theirs WHERE theirs.run_id = series.run_id AND theirs."set" = series."set" AND theirs.name = series.name);
DELETE FROM main.evaluation_sets WHERE run_id IN ${modes("replace")}
  AND EXISTS (SELECT 1 FROM ${other}.evaluation_sets AS theirs WHERE theirs.run_id = evaluation_sets.run_id AND theirs."set" = evaluation_sets."set");
${copy("evaluation_sets")} WHERE run_id IN (SELECT run_id FROM taken)
ON CONFLICT DO NOTHING;
`;

  const series = `
INSERT INTO main.series_kinds (${kinds})
SELECT DISTINCT ${kinds} FROM ${other}.series_kinds AS theirs
WHERE NOT EXISTS (SELECT 1 FROM main.series_kinds AS own WHERE ${sameKind});
DELETE FROM kind_map;
INSERT INTO kind_map
SELECT theirs.id, min(own.id) FROM ${other}.series_kinds AS theirs JOIN main.series_kinds AS own ON ${sameKind} GROUP BY theirs.id;
DELETE FROM series_map;
INSERT INTO main.series (run_id, "set", name, kind_id)
SELECT run_id, "set", name, ours FROM ${other}.series AS given JOIN kind_map ON kind_map.theirs = kind_id
WHERE run_id IN (SELECT run_id FROM taken) AND (${sameImages("given.run_id", 'given."set"')})
ORDER BY id
ON CONFLICT DO NOTHING;
INSERT INTO series_map
SELECT theirs.id, own.id, NOT EXISTS (SELECT 1 FROM main.scalars WHERE series_id = own.id), theirs."set" = 'train'
FROM ${other}.series AS theirs JOIN main.series AS own USING (run_id, "set", name)
WHERE run_id IN (SELECT run_id FROM taken) AND (${sameImages("theirs.run_id", 'theirs."set"')});
`;

  // CROSS JOIN keeps the order of the map, in which both sides count up: no sorting, and rows go to the end of their table.
  // Nothing but the training itself logs series of its steps, so that those only grow at their end; the few values of other
  // sets are looked up one by one, as some may have been measured here as well. What is measured on both sides stays.
  const values = `
INSERT INTO main.scalars
SELECT ours, step, elapsed_ms, value FROM series_map CROSS JOIN ${other}.scalars ON series_id = theirs
WHERE fresh;
INSERT INTO main.scalars
SELECT ours, step, elapsed_ms, value FROM series_map CROSS JOIN ${other}.scalars AS given ON given.series_id = theirs
  AND step > (SELECT max(step) FROM main.scalars WHERE series_id = ours)
WHERE NOT fresh AND per_step;
INSERT INTO main.scalars
SELECT ours, step, elapsed_ms, value FROM series_map CROSS JOIN ${other}.scalars ON series_id = theirs
WHERE NOT fresh AND NOT per_step ON CONFLICT DO NOTHING;
INSERT INTO main.image_values
SELECT ours, step, idx, value FROM series_map CROSS JOIN ${other}.image_values ON series_id = theirs
WHERE true ON CONFLICT DO NOTHING;
`;

  const pictures = `
${copy("blobs")}
WHERE hash IN (SELECT blob_hash FROM ${other}.images WHERE run_id IN (SELECT run_id FROM taken)) ON CONFLICT DO NOTHING;
${copy("images")} AS given
WHERE run_id IN (SELECT run_id FROM taken) AND (${sameImages("given.run_id", 'given."set"')}) ON CONFLICT DO NOTHING;
`;
  const deletePictures = `
DELETE FROM main.images WHERE run_id IN ${modes("replace")}
  AND ("set" IN ('seen', 'unseen') OR EXISTS (SELECT 1 FROM ${other}.evaluation_sets AS theirs
    WHERE theirs.run_id = images.run_id AND theirs."set" = images."set")
    OR epoch > (SELECT cut_epoch FROM taken WHERE taken.run_id = images.run_id))
RETURNING blob_hash
`;

  return () => {
    database.exec(datasets);
    database.exec(runs);
    database.exec(sets);
    database.exec(series);
    database.exec(values);
    const replaced = database.prepare<[], string>(deletePictures).pluck().all();
    database.exec(pictures);
    blobs.sweep(new Set(replaced));
  };
}
