// The migration that keeps how long a run ran as a number of its own, from a clock that is never set: the difference of two
// times of the day is no duration.

export const runningTime = `
ALTER TABLE runs ADD COLUMN elapsed_ms INTEGER NOT NULL DEFAULT 0 CHECK (elapsed_ms >= 0);
UPDATE runs SET elapsed_ms = max(0, coalesce(finished_at, heartbeat_at) - created_at - paused_ms);
ALTER TABLE runs DROP COLUMN paused_ms;

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
   WHERE run_id = runs.id AND "set" = 'seen' AND series.name = 'loss' ORDER BY step DESC LIMIT 1) AS seen_loss,
  (SELECT value FROM series JOIN scalars ON series_id = series.id
   WHERE run_id = runs.id AND "set" = 'unseen' AND series.name = 'loss' ORDER BY step DESC LIMIT 1) AS unseen_loss,
  -- The untrained network is no result.
  (SELECT min(value) FROM series JOIN scalars ON series_id = series.id
   WHERE run_id = runs.id AND "set" = 'unseen' AND series.name = 'loss' AND step > 0 AND abs(value) < 9e999
  ) AS best_unseen_loss,
  runs.elapsed_ms / 1000.0 AS duration_s,
  datetime(runs.created_at / 1000, 'unixepoch') AS created, runs.note
FROM runs JOIN datasets ON datasets.fingerprint = runs.dataset_fingerprint
WHERE runs.deleted_at IS NULL;
`;
