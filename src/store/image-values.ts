// Per-image values of metrics, within the caller's transaction. They belong to the series that has the value of the set.

import type { Database } from "better-sqlite3";
import { UserError } from "../errors.ts";
import { seriesName } from "../runs/series.ts";
import { createBlobSweeper, createDatasetSweeper } from "./delete-run.ts";
import { unseenName } from "./measured-sets.ts";
import type { EvaluatedSet, EvaluationSetRow } from "./rows.ts";

export type ImageValueWriter = {
  /** Replaces what the same step had; the series must exist. */
  insert(runId: string, step: number, measured: EvaluatedSet): void;
  /** Removes the values of a run beyond `step`. */
  deleteAfter(runId: string, step: number): void;
  /** Throws UserError where the run has other images of that name. */
  requireSame(runId: string, set: EvaluationSetRow): void;
  /** Stores the name of a set, in place of other parts of the same unseen images; throws as `requireSame` does. */
  nameSet(runId: string, set: EvaluationSetRow): void;
};

export function createImageValueWriter(database: Database): ImageValueWriter {
  const selectSeries = database
    .prepare<[string, string, string], number>(
      'SELECT id FROM series WHERE run_id = ? AND "set" = ? AND name = ?',
    )
    .pluck();
  const clear = database.prepare("DELETE FROM image_values WHERE series_id = ? AND step = ?");
  const insertValue = database.prepare("INSERT INTO image_values VALUES (?, ?, ?, ?)");
  const deleteLater = database.prepare(
    "DELETE FROM image_values WHERE series_id IN (SELECT id FROM series WHERE run_id = ?) AND step > ?",
  );
  const selectSet = database.prepare<[string, string], Omit<EvaluationSetRow, "set">>(
    'SELECT fingerprint, part_of AS partOf FROM evaluation_sets WHERE run_id = ? AND "set" = ?',
  );
  const insertSet = database.prepare(
    `INSERT INTO evaluation_sets VALUES (?, ?, ?, ?, ?)
     ON CONFLICT DO UPDATE SET both_sides = excluded.both_sides`,
  );
  const selectUnseenName = database
    .prepare<[string | null], string>(`SELECT ${unseenName("datasets")} FROM datasets WHERE fingerprint = ?`)
    .pluck();
  const ofSet = 'IN (SELECT id FROM series WHERE run_id = ? AND "set" = ?)';
  const clearSet = [
    `DELETE FROM image_values WHERE series_id ${ofSet}`,
    `DELETE FROM scalars WHERE series_id ${ofSet}`,
    'DELETE FROM evaluation_sets WHERE run_id = ? AND "set" = ?',
  ].map((sql) => database.prepare(sql));
  const deletePictures = database
    .prepare<[string, string], string>(
      'DELETE FROM images WHERE run_id = ? AND "set" = ? RETURNING blob_hash',
    )
    .pluck();
  const blobs = createBlobSweeper(database);

  const selectOtherParts = database.prepare<
    [string, string, string, string],
    Pick<EvaluationSetRow, "set" | "fingerprint">
  >(
    `SELECT "set", evaluation_sets.fingerprint
     FROM evaluation_sets JOIN datasets AS whole ON whole.fingerprint = part_of
     WHERE run_id = ? AND ${unseenName("whole")} = ? AND ("set" <> ? OR evaluation_sets.fingerprint <> ?)`,
  );
  const datasets = createDatasetSweeper(database);

  const requireSame = (runId: string, { set, fingerprint, partOf = null }: EvaluationSetRow) => {
    const known = selectSet.get(runId, set);
    if (known === undefined || known.fingerprint === fingerprint) return;
    if (partOf === null || selectUnseenName.get(known.partOf ?? null) !== selectUnseenName.get(partOf))
      throw new UserError(
        `run ${runId}: has been measured on other images named ${set} (fingerprint ${known.fingerprint.slice(0, 12)}, now ${fingerprint.slice(0, 12)}); choose another name`,
      );
  };
  /** Which images nobody was trained on hangs on who is asked: one answer stays. Gives the data sets of the others. */
  const makeRoom = (runId: string, { set, fingerprint, partOf = null }: EvaluationSetRow): string[] => {
    if (partOf === null) return [];
    return selectOtherParts.all(runId, selectUnseenName.get(partOf)!, set, fingerprint).map((other) => {
      for (const statement of clearSet) statement.run(runId, other.set);
      blobs.sweep(deletePictures.all(runId, other.set));
      return other.fingerprint;
    });
  };
  return {
    insert(runId, step, { set, ofImages, places }) {
      for (const [metric, values] of Object.entries(ofImages)) {
        const name = seriesName({ set, name: metric });
        const series = selectSeries.get(runId, set, metric);
        if (series === undefined)
          throw new Error(`run ${runId}: per-image values of ${name}, which has no value of its set`);
        if (values.length !== places.length)
          throw new Error(`run ${runId}: ${name}: ${values.length} values of ${places.length} images`);
        clear.run(series, step);
        for (const [place, value] of values.entries()) insertValue.run(series, step, places[place]!, value);
      }
    },
    deleteAfter: (runId, step) => void deleteLater.run(runId, step),
    requireSame,
    nameSet(runId, set) {
      requireSame(runId, set);
      const replaced = makeRoom(runId, set);
      insertSet.run(runId, set.set, set.fingerprint, set.partOf ?? null, set.bothSides ? 1 : 0);
      datasets.sweep(replaced);
    },
  };
}
