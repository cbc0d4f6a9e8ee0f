// What metrics say of every image, as it was measured last: what comparisons of runs on the same images are made of.

import type { Database } from "better-sqlite3";
import { imagesOfSet } from "../runs/comparable.ts";
import type { SeriesSpec } from "../runs/series.ts";
import { createSpecReader } from "./kind-rows.ts";
import type { EvaluationSetRow } from "./rows.ts";

export type ImageValues = {
  readonly spec: SeriesSpec;
  readonly epoch: number;
  /** Fingerprint of the data set whose images they are. */
  readonly images: string;
  /** Rising places in the order in which the data set is stored, and the value of each; NaN and infinities kept. */
  readonly places: Uint32Array;
  readonly values: Float64Array;
};

export type ImageValueReader = {
  /**
   * The newest values of a run of those metrics, on every set but the images that it is trained on. What was measured
   * before the first step is left out, and a metric whose newest value is of the set alone.
   */
  imageValues(runId: string, metrics: readonly string[]): ImageValues[];
};

type Measured = {
  readonly id: number;
  readonly set: string;
  readonly kindId: number;
  readonly step: number;
  readonly epoch: number;
  readonly fingerprint: string;
};

export function createImageValueReader(database: Database): ImageValueReader {
  const selectSeries = database.prepare<[string, string], Measured>(
    `SELECT series.id, series."set", kind_id AS kindId, max(step) AS step, max(step) * 1.0 / steps_per_epoch AS epoch,
       dataset_fingerprint AS fingerprint
     FROM runs JOIN series ON series.run_id = runs.id JOIN scalars ON series_id = series.id
     WHERE runs.id = ? AND series."set" <> 'seen' AND series.name IN (SELECT value FROM json_each(?))
     GROUP BY series.id
       HAVING max(step) > 0 OR json_extract(experiment, '$.dataset.kind') = 'elsewhere' ORDER BY series.id`,
  );
  const selectSets = database.prepare<[string], Pick<EvaluationSetRow, "set" | "fingerprint">>(
    'SELECT "set", fingerprint FROM evaluation_sets WHERE run_id = ?',
  );
  const selectValues = database
    .prepare<[number, number], [place: number, value: number | null]>(
      "SELECT idx, value FROM image_values WHERE series_id = ? AND step = ? ORDER BY idx",
    )
    .raw();
  const specOf = createSpecReader(database);
  return {
    imageValues(runId, metrics) {
      const sets = selectSets.all(runId);
      return selectSeries
        .all(runId, JSON.stringify(metrics))
        .flatMap(({ id, set, kindId, step, epoch, fingerprint }) => {
          const rows = selectValues.all(id, step);
          if (rows.length === 0) return [];
          return {
            spec: specOf(set, kindId),
            epoch,
            images: imagesOfSet(set, fingerprint, sets),
            places: Uint32Array.from(rows, ([place]) => place),
            values: Float64Array.from(rows, ([, value]) => value ?? Number.NaN),
          };
        });
    },
  };
}
