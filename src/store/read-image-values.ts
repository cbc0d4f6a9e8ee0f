// What metrics say of every image, as it was measured last: what comparisons of runs on the same images are made of.

import type { Database } from "better-sqlite3";
import { measuredSet } from "../runs/comparable.ts";
import type { SeriesSpec } from "../runs/series.ts";
import { createSpecReader } from "./kind-rows.ts";
import { createMeasuredSetReader } from "./measured-sets.ts";

export type ImageValues = {
  readonly spec: SeriesSpec;
  readonly epoch: number;
  /** As in `MeasuredSet`. */
  readonly images: string;
  /** Places among those images, the same wherever they are the same, and the value of each; NaN and infinities kept. */
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
  readonly bothSides: number;
};

export function createImageValueReader(database: Database): ImageValueReader {
  const selectSeries = database.prepare<[string, string], Measured>(
    `SELECT series.id, series."set", kind_id AS kindId, max(step) AS step, max(step) * 1.0 / steps_per_epoch AS epoch,
       coalesce(named.fingerprint, dataset_fingerprint) AS fingerprint, coalesce(both_sides, 0) AS bothSides
     FROM runs JOIN series ON series.run_id = runs.id JOIN scalars ON series_id = series.id
     LEFT JOIN evaluation_sets AS named ON named.run_id = runs.id AND named."set" = series."set"
     WHERE runs.id = ? AND series."set" <> 'seen' AND series.name IN (SELECT value FROM json_each(?))
     GROUP BY series.id
       HAVING max(step) > 0 OR json_extract(experiment, '$.dataset.kind') = 'elsewhere' ORDER BY series.id`,
  );
  const { measuredSets } = createMeasuredSetReader(database);
  const selectValues = database
    .prepare<[number, number], [place: number, value: number | null]>(
      "SELECT idx, value FROM image_values WHERE series_id = ? AND step = ? ORDER BY idx",
    )
    .raw();
  const selectUnseen = database
    .prepare<[string], number>(
      `SELECT idx FROM dataset_images WHERE fingerprint = ? AND "set" = 'unseen' ORDER BY hash, idx`,
    )
    .pluck();
  const specOf = createSpecReader(database);

  /** Of the unseen images, in whatever order a data set has them: where their hashes lie among each other. */
  function unseenPlaces(fingerprint: string): (stored: number) => number {
    const places = new Map(selectUnseen.all(fingerprint).map((stored, place) => [stored, place]));
    return (stored) => places.get(stored) ?? places.size + stored; // a row that was lost (rescue/)
  }

  return {
    imageValues(runId, metrics) {
      const sets = measuredSets(runId);
      const known = new Map<string, (stored: number) => number>();
      const placesOf = (fingerprint: string) => {
        const found = known.get(fingerprint) ?? unseenPlaces(fingerprint);
        known.set(fingerprint, found);
        return found;
      };
      return selectSeries
        .all(runId, JSON.stringify(metrics))
        .flatMap(({ id, set, kindId, step, epoch, fingerprint, bothSides }) => {
          const rows = selectValues.all(id, step);
          if (rows.length === 0) return [];
          const place = bothSides === 1 ? (stored: number) => stored : placesOf(fingerprint);
          return {
            spec: specOf(set, kindId),
            epoch,
            images: measuredSet(sets, set).images,
            places: Uint32Array.from(rows, ([stored]) => place(stored)),
            values: Float64Array.from(rows, ([, value]) => value ?? Number.NaN),
          };
        });
    },
  };
}
