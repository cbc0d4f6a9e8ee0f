// What belongs to a run beside its series: images and events.

import type { Database } from "better-sqlite3";
import { UserError } from "../errors.ts";
import type { Blob, EvaluationSetRow, EventRow, ImageRow, SampleMetric } from "./rows.ts";

export type RunContentReader = {
  /** Ordered by epoch, set, index and kind. */
  images(runId: string): ImageRow[];
  /** Metrics of the images that are drawn; values that are not finite are left out. */
  sampleMetrics(runId: string): SampleMetric[];
  blob(hash: string): Blob | undefined;
  /** One that a run showed when it was read. Throws UserError where it is gone since, as after a purge. */
  picture(hash: string): Blob;
  /** Sets that the run was measured on beside seen and unseen, by name. */
  evaluationSets(runId: string): EvaluationSetRow[];
  /** Oldest first. */
  events(runId: string): EventRow[];
};

export function createRunContentReader(database: Database): RunContentReader {
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
    'SELECT "set", fingerprint, part_of AS partOf FROM evaluation_sets WHERE run_id = ? ORDER BY "set"',
  );
  const selectEvents = database.prepare<[string], EventRow>(
    "SELECT at, level, kind, message FROM events WHERE run_id = ? ORDER BY id",
  );

  return {
    images: (runId) => selectImages.all(runId),
    sampleMetrics: (runId) => selectSampleMetrics.all({ run: runId }),
    blob: (hash) => selectBlob.get(hash),
    picture(hash) {
      const found = selectBlob.get(hash);
      if (found === undefined) throw new UserError(`image ${hash}: was deleted just now`);
      return found;
    },
    evaluationSets: (runId) => selectSets.all(runId),
    events: (runId) => selectEvents.all(runId),
  };
}
