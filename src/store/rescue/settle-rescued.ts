// What lost rows mean for those that were read: a row that belongs to a lost one goes, and so does what would be taken for
// something else without it.

import type { Database } from "better-sqlite3";

/** `lossy` are the tables of which rows were lost. Gives how many rows of data sets it put together anew. */
export function settleRescued(
  database: Database,
  tables: readonly string[],
  lossy: ReadonlySet<string>,
): number {
  const settle = database.transaction(() => {
    const rebuilt = database.prepare(lostDatasets).run().changes;
    removeOrphans(database, tables);
    if (lossy.size > 0) database.exec(valuesOfLostSets);
    if (lossy.has("image_values")) database.exec(partsOfValues);
    if (lossy.has("dataset_images")) database.exec(partsOfDatasets);
    return rebuilt;
  });
  database.pragma("foreign_keys = OFF");
  try {
    return settle.immediate();
  } finally {
    database.pragma("foreign_keys = ON");
  }
}

/** A run is worth more than the words of its data set, which the next run on that data set stores anew. */
const lostDatasets = `
INSERT INTO datasets (fingerprint, description, size, seen_count, unseen_count)
SELECT fingerprint, 'rescued: its row was lost, and how many images it has is not known', max(size),
  max(1, (SELECT count(*) FROM dataset_images AS image WHERE image.fingerprint = lost.fingerprint AND "set" = 'seen')),
  max(1, (SELECT count(*) FROM dataset_images AS image WHERE image.fingerprint = lost.fingerprint AND "set" = 'unseen'))
FROM (
  SELECT dataset_fingerprint AS fingerprint, experiment ->> '$.image.size' AS size FROM runs
  UNION ALL SELECT fingerprint, experiment ->> '$.image.size' FROM evaluation_sets JOIN runs ON runs.id = run_id
  UNION ALL SELECT part_of, experiment ->> '$.image.size' FROM evaluation_sets JOIN runs ON runs.id = run_id
) AS lost
WHERE fingerprint NOT IN (SELECT fingerprint FROM datasets) AND size > 0 GROUP BY fingerprint
`;

/** Without the row of its set the images of a value would be taken for those of the run's own data set. */
const valuesOfLostSets = `
DELETE FROM image_values WHERE series_id IN (
  SELECT id FROM series WHERE "set" NOT IN ('seen', 'unseen')
    AND NOT EXISTS (SELECT 1 FROM evaluation_sets AS own WHERE own.run_id = series.run_id AND own."set" = series."set")
)`;

/** A comparison over some of a set's images would look like one over all: at most as many as the fullest are a part. */
const partsOfValues = `
DELETE FROM image_values WHERE (series_id, step) IN (
  SELECT series_id, step FROM (
    SELECT series_id, step, images, max(images) OVER (PARTITION BY run_id, "set") AS most
    FROM (SELECT series_id, step, count(*) AS images FROM image_values GROUP BY series_id, step)
    JOIN series ON series.id = series_id
  ) WHERE images < most
)`;

/** With some hashes missing an image that was trained on would pass for a new one; where they are null that is said. */
const partsOfDatasets = `
UPDATE dataset_images SET hash = NULL WHERE fingerprint IN (
  SELECT fingerprint FROM dataset_images JOIN datasets USING (fingerprint) GROUP BY fingerprint
  HAVING count(*) <> seen_count + unseen_count OR description LIKE 'rescued: %'
)`;

type Reference = {
  readonly id: number;
  readonly parent: string;
  readonly own: string;
  readonly to: string | null;
};

/** As where the other row is deleted: a trial whose run is lost is trained again. */
function removeOrphans(database: Database, tables: readonly string[]): void {
  const statements = tables.flatMap((table) =>
    referencesOf(database, table).map((reference) => {
      const parent = reference[0]!.parent;
      const keys = database
        .prepare<[string], string>("SELECT name FROM pragma_table_info(?) WHERE pk > 0 ORDER BY pk")
        .pluck()
        .all(parent);
      const present = reference.map(({ own }) => `"${own}" IS NOT NULL`).join(" AND ");
      const same = reference
        .map(({ own, to }, index) => `parent."${to ?? keys[index]}" = "${table}"."${own}"`)
        .join(" AND ");
      const lost = `${present} AND NOT EXISTS (SELECT 1 FROM "${parent}" AS parent WHERE ${same})`;
      return database.prepare(
        table === "trials" && parent === "runs"
          ? `UPDATE trials SET state = 'waiting', run_id = NULL, holder = NULL, heartbeat_at = NULL, failures = 0,
               deaths = 0, error = NULL WHERE ${lost}`
          : `DELETE FROM "${table}" WHERE ${lost}`,
      );
    }),
  );
  // What belongs to a removed row is found the next time.
  while (statements.reduce((sum, statement) => sum + statement.run().changes, 0) > 0);
  const left = database.pragma("foreign_key_check") as unknown[];
  if (left.length > 0) throw new Error(`rescue: ${left.length} rows refer to rows that are not there`);
}

/** The columns of each foreign key. */
function referencesOf(database: Database, table: string): readonly (readonly Reference[])[] {
  const columns = database
    .prepare<[string], Reference>(
      'SELECT id, "table" AS parent, "from" AS own, "to" FROM pragma_foreign_key_list(?) ORDER BY id, seq',
    )
    .all(table);
  const ids = [...new Set(columns.map(({ id }) => id))];
  return ids.map((id) => columns.filter((column) => column.id === id));
}

/** Every run says in its record that rows of it may be missing. */
export function sayInRecords(database: Database, lossy: ReadonlySet<string>, now: number): void {
  const message = `this record was rescued from a damaged database: rows of ${[...lossy].join(", ")} were lost there`;
  database
    .prepare(
      "INSERT INTO events (run_id, at, level, kind, message) SELECT id, ?, 'warning', 'rescue', ? FROM runs ORDER BY rowid",
    )
    .run(now, message);
}
