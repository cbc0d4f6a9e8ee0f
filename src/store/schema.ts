// The schema, one migration after another; docs/store.md explains it to people. A migration that was released is never
// edited: append the next one.

import { declareSeries } from "./declared-series.ts";
import { earlierExperiments } from "./earlier-experiments.ts";
import { imagesMeasured } from "./images-measured.ts";
import { interfaceVersion } from "./interface-version.ts";
import type { Migration } from "./migrate.ts";
import { pairsMade } from "./pairs-made.ts";
import { runRevisions } from "./revisions.ts";
import { runningTime } from "./running-time.ts";
import { nameTellers } from "./tellers.ts";
import { travellingRuns } from "./travelling-runs.ts";
import { writtenKeys } from "./written-keys.ts";

const firstSchema = `
CREATE TABLE datasets (
  fingerprint  TEXT    NOT NULL PRIMARY KEY CHECK (fingerprint <> ''),
  description  TEXT    NOT NULL,
  size         INTEGER NOT NULL CHECK (size > 0),
  seen_count   INTEGER NOT NULL CHECK (seen_count >= 0),
  unseen_count INTEGER NOT NULL CHECK (unseen_count >= 0)
) STRICT;

CREATE TABLE dataset_images (
  fingerprint TEXT    NOT NULL REFERENCES datasets ON DELETE CASCADE,
  idx         INTEGER NOT NULL CHECK (idx >= 0),
  image_id    TEXT    NOT NULL CHECK (image_id <> ''),
  "set"       TEXT    NOT NULL CHECK ("set" IN ('seen', 'unseen')),
  PRIMARY KEY (fingerprint, idx)
) STRICT, WITHOUT ROWID;

CREATE TABLE skipped_files (
  fingerprint TEXT NOT NULL REFERENCES datasets ON DELETE CASCADE,
  path        TEXT NOT NULL CHECK (path <> ''),
  reason      TEXT NOT NULL,
  PRIMARY KEY (fingerprint, path, reason)
) STRICT, WITHOUT ROWID;

-- Short columns first: a scan for states or names does not touch the long texts at the end.
CREATE TABLE runs (
  id                  TEXT    NOT NULL PRIMARY KEY CHECK (id <> ''),
  name                TEXT    NOT NULL CHECK (name <> ''),
  status              TEXT    NOT NULL
    CHECK (status IN ('SCHEDULED', 'RUNNING', 'FINISHED', 'FAILED', 'KILLED', 'DEAD')),
  heartbeat_at        INTEGER NOT NULL,
  created_at          INTEGER NOT NULL,
  finished_at         INTEGER,
  paused_ms           INTEGER NOT NULL DEFAULT 0 CHECK (paused_ms >= 0),
  writer              TEXT,
  engine              TEXT    NOT NULL,
  device              TEXT    NOT NULL,
  dataset_fingerprint TEXT    NOT NULL REFERENCES datasets,
  parameters          INTEGER NOT NULL CHECK (parameters >= 0),
  steps_per_epoch     INTEGER NOT NULL CHECK (steps_per_epoch > 0),
  source              TEXT,
  experiment          TEXT    NOT NULL CHECK (json_valid(experiment)),
  provenance          TEXT    NOT NULL CHECK (json_valid(provenance)),
  error               TEXT,
  CHECK ((finished_at IS NOT NULL) = (status IN ('FINISHED', 'FAILED', 'KILLED'))),
  CHECK (error IS NULL OR status IN ('FAILED', 'KILLED')),
  CHECK (writer IS NULL OR status IN ('RUNNING', 'DEAD'))
) STRICT;
CREATE INDEX runs_by_creation ON runs (created_at);
CREATE INDEX runs_by_name ON runs (name, created_at);
CREATE INDEX runs_by_dataset ON runs (dataset_fingerprint);

CREATE TABLE tags (
  run_id TEXT NOT NULL REFERENCES runs ON DELETE CASCADE,
  tag    TEXT NOT NULL CHECK (tag <> ''),
  PRIMARY KEY (run_id, tag)
) STRICT, WITHOUT ROWID;

CREATE TABLE series (
  id     INTEGER NOT NULL PRIMARY KEY,
  run_id TEXT    NOT NULL REFERENCES runs ON DELETE CASCADE,
  name   TEXT    NOT NULL CHECK (name <> ''),
  UNIQUE (run_id, name)
) STRICT;

-- A value that is not a number is NULL, because SQLite has no NaN; infinities are stored as they are.
CREATE TABLE scalars (
  series_id  INTEGER NOT NULL REFERENCES series ON DELETE CASCADE,
  step       INTEGER NOT NULL CHECK (step >= 0),
  elapsed_ms INTEGER NOT NULL CHECK (elapsed_ms >= 0),
  value      REAL,
  PRIMARY KEY (series_id, step)
) STRICT, WITHOUT ROWID;

CREATE TABLE blobs (
  hash  TEXT NOT NULL PRIMARY KEY CHECK (length(hash) = 64),
  mime  TEXT NOT NULL CHECK (mime <> ''),
  bytes BLOB NOT NULL
) STRICT;

CREATE TABLE images (
  run_id    TEXT    NOT NULL REFERENCES runs ON DELETE CASCADE,
  epoch     INTEGER NOT NULL CHECK (epoch >= 0),
  "set"     TEXT    NOT NULL CHECK ("set" IN ('seen', 'unseen')),
  idx       INTEGER NOT NULL CHECK (idx >= 0),
  kind      TEXT    NOT NULL CHECK (kind IN ('real', 'grey', 'colorized')),
  image_id  TEXT    NOT NULL CHECK (image_id <> ''),
  blob_hash TEXT    NOT NULL REFERENCES blobs,
  PRIMARY KEY (run_id, epoch, "set", idx, kind),
  CHECK (kind = 'colorized' OR epoch = 0)
) STRICT, WITHOUT ROWID;
CREATE INDEX images_by_blob ON images (blob_hash);

CREATE TABLE events (
  id      INTEGER NOT NULL PRIMARY KEY,
  run_id  TEXT    NOT NULL REFERENCES runs ON DELETE CASCADE,
  at      INTEGER NOT NULL,
  level   TEXT    NOT NULL CHECK (level IN ('info', 'warning', 'error')),
  kind    TEXT    NOT NULL CHECK (kind <> ''),
  message TEXT    NOT NULL
) STRICT;
CREATE INDEX events_by_run ON events (run_id);

CREATE VIEW scalar_values AS
SELECT
  runs.id AS run, runs.name AS run_name, series.name AS series, scalars.step,
  scalars.step * 1.0 / runs.steps_per_epoch AS epoch,
  scalars.elapsed_ms / 1000.0 AS elapsed_s,
  scalars.value
FROM runs JOIN series ON series.run_id = runs.id JOIN scalars ON scalars.series_id = series.id;

CREATE VIEW run_summary AS
SELECT
  runs.id, runs.name,
  CASE WHEN runs.status = 'RUNNING' AND runs.heartbeat_at < (unixepoch() - 60) * 1000 THEN 'DEAD'
       ELSE runs.status END AS status,
  runs.experiment ->> '$.model.kind' AS model,
  datasets.description AS dataset,
  runs.engine,
  (SELECT max((SELECT max(step) FROM scalars WHERE series_id = series.id)) / runs.steps_per_epoch
   FROM series WHERE series.run_id = runs.id) AS last_epoch,
  (SELECT value FROM series JOIN scalars ON series_id = series.id
   WHERE run_id = runs.id AND series.name = 'seen/loss' ORDER BY step DESC LIMIT 1) AS seen_loss,
  (SELECT value FROM series JOIN scalars ON series_id = series.id
   WHERE run_id = runs.id AND series.name = 'unseen/loss' ORDER BY step DESC LIMIT 1) AS unseen_loss,
  (SELECT min(value) FROM series JOIN scalars ON series_id = series.id
   WHERE run_id = runs.id AND series.name = 'unseen/loss') AS best_unseen_loss,
  (coalesce(runs.finished_at, runs.heartbeat_at) - runs.created_at - runs.paused_ms) / 1000.0 AS duration_s,
  datetime(runs.created_at / 1000, 'unixepoch') AS created
FROM runs JOIN datasets ON datasets.fingerprint = runs.dataset_fingerprint;
`;

const measuredImages = `
CREATE TABLE metrics (
  name        TEXT NOT NULL PRIMARY KEY CHECK (name <> ''),
  better      TEXT NOT NULL CHECK (better IN ('higher', 'lower', 'one', 'none')),
  unit        TEXT NOT NULL,
  description TEXT NOT NULL,
  source      TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE evaluation_sets (
  run_id      TEXT NOT NULL REFERENCES runs ON DELETE CASCADE,
  "set"       TEXT NOT NULL CHECK ("set" NOT IN ('', 'seen', 'unseen', 'train')),
  fingerprint TEXT NOT NULL REFERENCES datasets,
  PRIMARY KEY (run_id, "set")
) STRICT, WITHOUT ROWID;
CREATE INDEX evaluation_sets_by_dataset ON evaluation_sets (fingerprint);

-- Beside the value of a set in scalars, that of each image; idx is its place in dataset_images.
CREATE TABLE image_values (
  series_id INTEGER NOT NULL REFERENCES series ON DELETE CASCADE,
  step      INTEGER NOT NULL CHECK (step >= 0),
  idx       INTEGER NOT NULL CHECK (idx >= 0),
  value     REAL,
  PRIMARY KEY (series_id, step, idx)
) STRICT, WITHOUT ROWID;

-- CROSS JOIN keeps SQLite from reading all values first: few series, many values of each.
CREATE VIEW image_metrics AS
SELECT
  measured.run, measured.run_name, measured."set", measured.metric,
  image_values.step, image_values.step * 1.0 / measured.steps_per_epoch AS epoch,
  dataset_images.fingerprint, dataset_images.image_id, image_values.value
FROM (
  SELECT
    series.id AS series_id, runs.id AS run, runs.name AS run_name, runs.steps_per_epoch, runs.dataset_fingerprint,
    substr(series.name, 1, instr(series.name, '/') - 1) AS "set",
    substr(series.name, instr(series.name, '/') + 1) AS metric
  FROM runs JOIN series ON series.run_id = runs.id
) AS measured
CROSS JOIN image_values ON image_values.series_id = measured.series_id
LEFT JOIN evaluation_sets ON evaluation_sets.run_id = measured.run AND evaluation_sets."set" = measured."set"
JOIN dataset_images
  ON dataset_images.fingerprint = coalesce(evaluation_sets.fingerprint, measured.dataset_fingerprint)
  AND dataset_images.idx = image_values.idx;
`;

const sweeps = `
CREATE TABLE sweeps (
  id         TEXT    NOT NULL PRIMARY KEY CHECK (id <> ''),
  name       TEXT    NOT NULL CHECK (name <> ''),
  created_at INTEGER NOT NULL,
  definition TEXT    NOT NULL CHECK (json_valid(definition))
) STRICT;

-- holder and heartbeat_at are the lease of the process that trains a running trial.
CREATE TABLE trials (
  sweep_id     TEXT    NOT NULL REFERENCES sweeps ON DELETE CASCADE,
  number       INTEGER NOT NULL CHECK (number >= 0),
  state        TEXT    NOT NULL
    CHECK (state IN ('waiting', 'running', 'complete', 'pruned', 'diverged', 'failed')),
  parameters   TEXT    NOT NULL CHECK (json_valid(parameters)),
  seed         INTEGER,
  run_id       TEXT REFERENCES runs ON DELETE SET NULL,
  holder       TEXT,
  heartbeat_at INTEGER,
  failures     INTEGER NOT NULL DEFAULT 0 CHECK (failures >= 0),
  deaths       INTEGER NOT NULL DEFAULT 0 CHECK (deaths >= 0),
  error        TEXT,
  PRIMARY KEY (sweep_id, number),
  CHECK ((state = 'running') = (holder IS NOT NULL AND heartbeat_at IS NOT NULL))
) STRICT, WITHOUT ROWID;
CREATE INDEX trials_by_run ON trials (run_id);

-- A trial whose run is deleted is trained again.
CREATE TRIGGER trial_of_deleted_run BEFORE DELETE ON runs BEGIN
  UPDATE trials SET state = 'waiting', run_id = NULL, holder = NULL, heartbeat_at = NULL, failures = 0, deaths = 0,
    error = NULL WHERE run_id = OLD.id;
END;
`;

const trash = `
-- Milliseconds since 1970; a run in the trash is shown by none but the commands that empty it.
ALTER TABLE runs ADD COLUMN deleted_at INTEGER;
ALTER TABLE runs ADD COLUMN note TEXT NOT NULL DEFAULT '';
CREATE INDEX runs_by_deletion ON runs (deleted_at) WHERE deleted_at IS NOT NULL;

-- The views once more, without what is in the trash.
DROP VIEW scalar_values;
DROP VIEW run_summary;
DROP VIEW image_metrics;

CREATE VIEW scalar_values AS
SELECT
  runs.id AS run, runs.name AS run_name, series.name AS series, scalars.step,
  scalars.step * 1.0 / runs.steps_per_epoch AS epoch,
  scalars.elapsed_ms / 1000.0 AS elapsed_s,
  scalars.value
FROM runs JOIN series ON series.run_id = runs.id JOIN scalars ON scalars.series_id = series.id
WHERE runs.deleted_at IS NULL;

-- CROSS JOIN keeps SQLite from reading all values first: few series, many values of each.
CREATE VIEW image_metrics AS
SELECT
  measured.run, measured.run_name, measured."set", measured.metric,
  image_values.step, image_values.step * 1.0 / measured.steps_per_epoch AS epoch,
  dataset_images.fingerprint, dataset_images.image_id, image_values.value
FROM (
  SELECT
    series.id AS series_id, runs.id AS run, runs.name AS run_name, runs.steps_per_epoch, runs.dataset_fingerprint,
    substr(series.name, 1, instr(series.name, '/') - 1) AS "set",
    substr(series.name, instr(series.name, '/') + 1) AS metric
  FROM runs JOIN series ON series.run_id = runs.id WHERE runs.deleted_at IS NULL
) AS measured
CROSS JOIN image_values ON image_values.series_id = measured.series_id
LEFT JOIN evaluation_sets ON evaluation_sets.run_id = measured.run AND evaluation_sets."set" = measured."set"
JOIN dataset_images
  ON dataset_images.fingerprint = coalesce(evaluation_sets.fingerprint, measured.dataset_fingerprint)
  AND dataset_images.idx = image_values.idx;

CREATE VIEW run_summary AS
SELECT
  runs.id, runs.name,
  CASE WHEN runs.status = 'RUNNING' AND runs.heartbeat_at < (unixepoch() - 60) * 1000 THEN 'DEAD'
       ELSE runs.status END AS status,
  runs.experiment ->> '$.model.kind' AS model,
  datasets.description AS dataset,
  runs.engine,
  (SELECT max((SELECT max(step) FROM scalars WHERE series_id = series.id)) / runs.steps_per_epoch
   FROM series WHERE series.run_id = runs.id) AS last_epoch,
  (SELECT value FROM series JOIN scalars ON series_id = series.id
   WHERE run_id = runs.id AND series.name = 'seen/loss' ORDER BY step DESC LIMIT 1) AS seen_loss,
  (SELECT value FROM series JOIN scalars ON series_id = series.id
   WHERE run_id = runs.id AND series.name = 'unseen/loss' ORDER BY step DESC LIMIT 1) AS unseen_loss,
  (SELECT min(value) FROM series JOIN scalars ON series_id = series.id
   WHERE run_id = runs.id AND series.name = 'unseen/loss') AS best_unseen_loss,
  (coalesce(runs.finished_at, runs.heartbeat_at) - runs.created_at - runs.paused_ms) / 1000.0 AS duration_s,
  datetime(runs.created_at / 1000, 'unixepoch') AS created, runs.note
FROM runs JOIN datasets ON datasets.fingerprint = runs.dataset_fingerprint
WHERE runs.deleted_at IS NULL;
`;

const imageHashes = `
-- SHA-256 of the image's file, by which data sets are compared; NULL where it was stored before hashes were.
ALTER TABLE dataset_images ADD COLUMN hash TEXT;
`;

const judgedByPeople = `
-- fingerprint names the images and refers to none: a study does not keep a data set that no run uses any more.
CREATE TABLE studies (
  id          TEXT    NOT NULL PRIMARY KEY CHECK (id <> ''),
  question    TEXT    NOT NULL CHECK (question IN ('real', 'better')),
  "set"       TEXT    NOT NULL CHECK ("set" <> ''),
  fingerprint TEXT    NOT NULL CHECK (fingerprint <> ''),
  seed        INTEGER NOT NULL,
  shown_ms    INTEGER CHECK (shown_ms > 0),
  created_at  INTEGER NOT NULL
) STRICT;

CREATE TABLE study_networks (
  study_id TEXT    NOT NULL REFERENCES studies ON DELETE CASCADE,
  number   INTEGER NOT NULL CHECK (number >= 0),
  run_id   TEXT    NOT NULL REFERENCES runs ON DELETE CASCADE,
  step     INTEGER NOT NULL CHECK (step >= 0),
  PRIMARY KEY (study_id, number)
) STRICT, WITHOUT ROWID;
CREATE INDEX study_networks_by_run ON study_networks (run_id);

-- idx is the image's place in dataset_images; network is NULL for the wrong colors of a control, against for the photograph itself.
CREATE TABLE study_pairs (
  study_id TEXT    NOT NULL REFERENCES studies ON DELETE CASCADE,
  id       TEXT    NOT NULL CHECK (id <> ''),
  idx      INTEGER NOT NULL CHECK (idx >= 0),
  network  INTEGER,
  against  INTEGER,
  place    INTEGER NOT NULL CHECK (place IN (0, 1)),
  PRIMARY KEY (study_id, id),
  FOREIGN KEY (study_id, network) REFERENCES study_networks ON DELETE CASCADE,
  FOREIGN KEY (study_id, against) REFERENCES study_networks ON DELETE CASCADE,
  CHECK (network IS NOT NULL OR against IS NULL)
) STRICT, WITHOUT ROWID;
CREATE INDEX study_pairs_by_network ON study_pairs (study_id, network);
CREATE INDEX study_pairs_by_other_network ON study_pairs (study_id, against);

CREATE TABLE judges (
  study_id     TEXT    NOT NULL REFERENCES studies ON DELETE CASCADE,
  id           TEXT    NOT NULL CHECK (id <> ''),
  name         TEXT    NOT NULL,
  collected_at INTEGER NOT NULL,
  PRIMARY KEY (study_id, id)
) STRICT, WITHOUT ROWID;

CREATE TABLE judgements (
  study_id TEXT    NOT NULL,
  judge_id TEXT    NOT NULL,
  pair_id  TEXT    NOT NULL,
  picture  INTEGER NOT NULL CHECK (picture IN (0, 1)),
  ms       INTEGER NOT NULL CHECK (ms >= 0),
  PRIMARY KEY (study_id, judge_id, pair_id),
  FOREIGN KEY (study_id, judge_id) REFERENCES judges ON DELETE CASCADE,
  FOREIGN KEY (study_id, pair_id) REFERENCES study_pairs ON DELETE CASCADE
) STRICT, WITHOUT ROWID;
CREATE INDEX judgements_by_pair ON judgements (study_id, pair_id);

-- A study of no network is nothing to look at.
CREATE TRIGGER study_of_deleted_runs AFTER DELETE ON study_networks
WHEN NOT EXISTS (SELECT 1 FROM study_networks WHERE study_id = OLD.study_id) BEGIN
  DELETE FROM studies WHERE id = OLD.study_id;
END;
`;

const testedSets = `
-- Pictures of evaluation sets too: what "set" may be is what series have, "train" excepted.
CREATE TABLE images_of_sets (
  run_id    TEXT    NOT NULL REFERENCES runs ON DELETE CASCADE,
  epoch     INTEGER NOT NULL CHECK (epoch >= 0),
  "set"     TEXT    NOT NULL CHECK ("set" NOT IN ('', 'train')),
  idx       INTEGER NOT NULL CHECK (idx >= 0),
  kind      TEXT    NOT NULL CHECK (kind IN ('real', 'grey', 'colorized')),
  image_id  TEXT    NOT NULL CHECK (image_id <> ''),
  blob_hash TEXT    NOT NULL REFERENCES blobs,
  PRIMARY KEY (run_id, epoch, "set", idx, kind),
  CHECK (kind = 'colorized' OR epoch = 0)
) STRICT, WITHOUT ROWID;
INSERT INTO images_of_sets SELECT * FROM images;
DROP TABLE images;
ALTER TABLE images_of_sets RENAME TO images;
CREATE INDEX images_by_blob ON images (blob_hash);

-- The data set whose unseen images these are, without those that other runs trained on; NULL for sets of their own.
ALTER TABLE evaluation_sets ADD COLUMN part_of TEXT REFERENCES datasets;
`;

export const migrations: readonly Migration[] = [
  firstSchema,
  measuredImages,
  sweeps,
  trash,
  writtenKeys,
  declareSeries,
  nameTellers,
  earlierExperiments,
  runningTime,
  imageHashes,
  judgedByPeople,
  testedSets,
  travellingRuns,
  interfaceVersion,
  runRevisions,
  pairsMade,
  imagesMeasured,
];
