// The images that a run is measured on: those of its own data set, and of sets that were named beside it.

import type { Database } from "better-sqlite3";
import type { MeasuredSet } from "../runs/comparable.ts";

export type MeasuredSetReader = {
  /** "seen" and "unseen", then the evaluation sets by name. Empty for a run that is not there. */
  measuredSets(runId: string): MeasuredSet[];
};

/** In SQL, what names the unseen images of a row of `datasets`: those of older versions are equal where all images are. */
export const unseenName = (datasets: string) =>
  `coalesce(${datasets}.unseen_fingerprint, ${datasets}.fingerprint)`;

/** By runs from before `samples.measured` (experiment/upgrade.ts). */
const measuredBefore = 256;

type Row = {
  /** null for the run's own data set. */
  readonly set: string | null;
  readonly fingerprint: string;
  readonly unseenName: string;
  readonly seenCount: number;
  readonly unseenCount: number;
  readonly bothSides: number;
  readonly partOf: string | null;
  readonly measured: number;
};

export function createMeasuredSetReader(database: Database): MeasuredSetReader {
  const select = database.prepare<[{ run: string }], Row>(
    `WITH tested AS (
       SELECT NULL AS "set", dataset_fingerprint AS fingerprint, NULL AS part_of, 0 AS both_sides FROM runs WHERE id = :run
       UNION ALL SELECT "set", fingerprint, part_of, both_sides FROM evaluation_sets WHERE run_id = :run
     )
     SELECT tested."set", tested.fingerprint, ${unseenName("datasets")} AS unseenName,
       datasets.seen_count AS seenCount, datasets.unseen_count AS unseenCount, both_sides AS bothSides, ${unseenName("whole")} AS partOf,
       coalesce((SELECT experiment ->> '$.samples.measured' FROM runs WHERE id = :run), ${measuredBefore}) AS measured
     FROM tested JOIN datasets ON datasets.fingerprint = tested.fingerprint
     LEFT JOIN datasets AS whole ON whole.fingerprint = tested.part_of
     ORDER BY tested."set"`,
  );
  return { measuredSets: (run) => select.all({ run }).flatMap(setsOf) };
}

function setsOf(row: Row): MeasuredSet[] {
  const { set, fingerprint, unseenName, seenCount, unseenCount, bothSides, partOf, measured } = row;
  const own = { dataset: fingerprint, partOf };
  const firstOf = (count: number) => (measured < count ? measured : null);
  if (set === null) {
    // Of the seen images no more are measured than of the unseen ones.
    const first = firstOf(Math.min(seenCount, unseenCount));
    return [
      { ...own, set: "seen", images: `seen of ${fingerprint}`, first },
      { ...own, set: "unseen", images: unseenName, first: firstOf(unseenCount) },
    ];
  }
  if (bothSides === 1)
    return [{ ...own, set, images: `all of ${fingerprint}`, first: firstOf(seenCount + unseenCount) }];
  return [{ ...own, set, images: unseenName, first: firstOf(unseenCount) }];
}
