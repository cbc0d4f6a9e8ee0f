// The migration that gives every series its declaration: its set and its name apart, and a row of the catalogue
// `series_kinds`, into which the table `metrics` merges. The views once more, on top of it; run_summary in running-time.ts.

import type { Database } from "better-sqlite3";
import { createKindWriter } from "./kind-rows.ts";
import { type LegacyMetric, legacySeries } from "./legacy-series.ts";

const tables = `
DROP VIEW scalar_values;
DROP VIEW run_summary;
DROP VIEW image_metrics;

-- What the values of series mean. Rows that differ in any column are different kinds; none is ever changed.
CREATE TABLE series_kinds (
  id          INTEGER NOT NULL PRIMARY KEY,
  name        TEXT    NOT NULL CHECK (name <> ''),
  title       TEXT    NOT NULL,
  unit        TEXT    NOT NULL,
  better      TEXT    NOT NULL CHECK (better IN ('higher', 'lower', 'one', 'none')),
  family      TEXT    NOT NULL
    CHECK (family IN ('loss', 'metric', 'health', 'color', 'emergence', 'real', 'rate', 'time')),
  per         TEXT    NOT NULL CHECK (per IN ('step', 'epoch')),
  compares    TEXT    NOT NULL,
  chart       TEXT,
  reference   REAL,
  range_from  REAL,
  range_to    REAL,
  description TEXT    NOT NULL,
  source      TEXT    NOT NULL,
  CHECK ((range_from IS NULL) = (range_to IS NULL))
) STRICT;
CREATE INDEX series_kinds_by_name ON series_kinds (name);

CREATE TABLE declared_series (
  id      INTEGER NOT NULL PRIMARY KEY,
  run_id  TEXT    NOT NULL REFERENCES runs ON DELETE CASCADE,
  "set"   TEXT    NOT NULL CHECK ("set" <> '' AND instr("set", '/') = 0),
  name    TEXT    NOT NULL CHECK (name <> ''),
  kind_id INTEGER NOT NULL REFERENCES series_kinds,
  UNIQUE (run_id, "set", name)
) STRICT;
`;

/** Nothing refers to the old table by its place: scalars and image values keep their numbers. */
const swap = `
DROP TABLE series;
ALTER TABLE declared_series RENAME TO series;
CREATE INDEX series_by_kind ON series (kind_id);
DROP TABLE metrics;
`;

const views = `
CREATE VIEW scalar_values AS
SELECT
  runs.id AS run, runs.name AS run_name, series."set" || '/' || series.name AS series, series."set", series.name,
  scalars.step, scalars.step * 1.0 / runs.steps_per_epoch AS epoch, scalars.elapsed_ms / 1000.0 AS elapsed_s,
  scalars.value
FROM runs JOIN series ON series.run_id = runs.id JOIN scalars ON scalars.series_id = series.id
WHERE runs.deleted_at IS NULL;

CREATE VIEW series_meanings AS
SELECT
  runs.id AS run, runs.name AS run_name, series."set" || '/' || series.name AS series, series."set", series.name,
  title, unit, better, family, per, compares, chart, reference, range_from, range_to, description, series_kinds.source
FROM runs JOIN series ON series.run_id = runs.id JOIN series_kinds ON series_kinds.id = series.kind_id
WHERE runs.deleted_at IS NULL;

-- CROSS JOIN keeps SQLite from reading all values first: few series, many values of each.
CREATE VIEW image_metrics AS
SELECT
  runs.id AS run, runs.name AS run_name, series."set", series.name AS metric,
  image_values.step, image_values.step * 1.0 / runs.steps_per_epoch AS epoch,
  dataset_images.fingerprint, dataset_images.image_id, image_values.value
FROM runs CROSS JOIN series ON series.run_id = runs.id
CROSS JOIN image_values ON image_values.series_id = series.id
LEFT JOIN evaluation_sets ON evaluation_sets.run_id = runs.id AND evaluation_sets."set" = series."set"
JOIN dataset_images
  ON dataset_images.fingerprint = coalesce(evaluation_sets.fingerprint, runs.dataset_fingerprint)
  AND dataset_images.idx = image_values.idx
WHERE runs.deleted_at IS NULL;
`;

type OldSeries = {
  readonly id: number;
  readonly runId: string;
  readonly text: string;
  readonly model: string | null;
  readonly color: string | null;
  readonly gan: string | null;
};

export function declareSeries(database: Database): void {
  database.exec(tables);
  const metrics = new Map(
    database
      .prepare<[], LegacyMetric>("SELECT * FROM metrics")
      .all()
      .map((metric) => [metric.name, metric]),
  );
  const old = database.prepare<[], OldSeries>(
    `SELECT series.id, run_id AS runId, series.name AS text, experiment ->> '$.model.kind' AS model,
       experiment ->> '$.model.color' AS color, experiment ->> '$.model.gan_loss' AS gan
     FROM series JOIN runs ON runs.id = run_id ORDER BY series.id`,
  );
  const insert = database.prepare("INSERT INTO declared_series VALUES (?, ?, ?, ?, ?)");
  const kindOf = createKindWriter(database);
  for (const { id, runId, text, model, color, gan } of old.all()) {
    const spec = legacySeries(text, { model, color, gan, metrics });
    insert.run(id, runId, spec.set, spec.name, kindOf(spec));
  }
  database.exec(swap);
  database.exec(views);
}
