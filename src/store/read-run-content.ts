// What belongs to a run: its series, images and events.

import type { Database } from "better-sqlite3";
import type { Blob, EvaluationSetRow, EventRow, ImageRow, MetricRow, SampleMetric, Series } from "./rows.ts";

export type RunContentReader = {
  /** In the order in which they were first logged. */
  seriesNames(runId: string): string[];
  /** Ordered by step; undefined where the run has no such series. */
  series(runId: string, name: string): Series | undefined;
  /** Ordered by epoch, set, index and kind. */
  images(runId: string): ImageRow[];
  /** Metrics of the images that are drawn; values that are not finite are left out. */
  sampleMetrics(runId: string): SampleMetric[];
  blob(hash: string): Blob | undefined;
  /** Sets that the run was measured on beside seen and unseen, by name. */
  evaluationSets(runId: string): EvaluationSetRow[];
  /** Of all runs, by name. */
  metrics(): MetricRow[];
  /** Oldest first. */
  events(runId: string): EventRow[];
};

export function createRunContentReader(database: Database): RunContentReader {
  const selectNames = database
    .prepare<[string], string>("SELECT name FROM series WHERE run_id = ? ORDER BY id")
    .pluck();
  const selectSeriesId = database
    .prepare<[string, string], number>("SELECT id FROM series WHERE run_id = ? AND name = ?")
    .pluck();
  const selectScalars = database
    .prepare<[number], [step: number, elapsedMs: number, value: number | null]>(
      "SELECT step, elapsed_ms, value FROM scalars WHERE series_id = ? ORDER BY step",
    )
    .raw();
  const selectImages = database.prepare<[string], ImageRow>(
    `SELECT epoch, "set", idx AS "index", kind, image_id AS imageId, blob_hash AS blobHash
     FROM images WHERE run_id = ? ORDER BY epoch, "set", idx, kind`,
  );
  const selectSampleMetrics = database.prepare<[{ run: string }], SampleMetric>(
    `WITH samples AS MATERIALIZED (
       SELECT DISTINCT "set", idx, image_id FROM images WHERE run_id = :run
     )
     SELECT measured.epoch, measured."set", samples.idx AS "index", measured.metric, measured.value
     FROM image_metrics AS measured
     JOIN samples ON samples."set" = measured."set" AND samples.image_id = measured.image_id
     WHERE measured.run = :run AND measured.value IS NOT NULL AND abs(measured.value) < 9e999`,
  );
  const selectBlob = database.prepare<[string], Blob>("SELECT mime, bytes FROM blobs WHERE hash = ?");
  const selectSets = database.prepare<[string], EvaluationSetRow>(
    'SELECT "set", fingerprint FROM evaluation_sets WHERE run_id = ? ORDER BY "set"',
  );
  const selectMetrics = database.prepare<[], MetricRow>("SELECT * FROM metrics ORDER BY name");
  const selectEvents = database.prepare<[string], EventRow>(
    "SELECT at, level, kind, message FROM events WHERE run_id = ? ORDER BY id",
  );

  return {
    seriesNames: (runId) => selectNames.all(runId),
    series(runId, name) {
      const id = selectSeriesId.get(runId, name);
      if (id === undefined) return undefined;
      const rows = selectScalars.all(id);
      return {
        name,
        step: Float64Array.from(rows, ([step]) => step),
        elapsedMs: Float64Array.from(rows, ([, elapsedMs]) => elapsedMs),
        value: Float64Array.from(rows, ([, , value]) => value ?? Number.NaN),
      };
    },
    images: (runId) => selectImages.all(runId),
    sampleMetrics: (runId) => selectSampleMetrics.all({ run: runId }),
    blob: (hash) => selectBlob.get(hash),
    evaluationSets: (runId) => selectSets.all(runId),
    metrics: () => selectMetrics.all(),
    events: (runId) => selectEvents.all(runId),
  };
}
