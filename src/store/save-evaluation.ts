// What is measured on a checkpoint later, beside the process that trained: written at once, into a run that nobody
// else is writing.

import type { Database } from "better-sqlite3";
import { UserError } from "../errors.ts";
import type { SeriesSpec } from "../runs/series.ts";
import { statusAt } from "./dead-runs.ts";
import { createImageValueWriter } from "./image-values.ts";
import { createSeriesDeclarer } from "./kind-rows.ts";
import { createPictureWriter, type NewImage } from "./pictures.ts";
import type { EvaluatedSet, EvaluationSetRow, RunStatus } from "./rows.ts";

export type Evaluation = {
  /** Step of the checkpoint. */
  readonly step: number;
  readonly measured: EvaluatedSet;
  /** Of the set's data set, saved before; null for seen and unseen. */
  readonly fingerprint: string | null;
  /** As in `EvaluationSetRow`. */
  readonly partOf?: string | null;
  readonly bothSides?: boolean;
  /** What the values mean. */
  readonly series: readonly SeriesSpec[];
  /** Of the first images of the set; they replace what the set has of their epoch. Left out, there are none. */
  readonly pictures?: readonly NewImage[];
};

export type EvaluationWriter = {
  /** Throws UserError where the run is being written, or has other images under the name of a set. */
  requireEvaluable(runId: string, sets: readonly EvaluationSetRow[]): void;
  /** Stores what was measured on a checkpoint. Throws UserError as `requireEvaluable` does. */
  saveEvaluation(runId: string, evaluation: Evaluation): void;
};

type Target = { readonly status: RunStatus; readonly writer: string | null; readonly heartbeat_at: number };

export function createEvaluationWriter(database: Database, now: () => number): EvaluationWriter {
  const images = createImageValueWriter(database);
  const pictureWriter = createPictureWriter(database);
  const selectRun = database.prepare<[string], Target>(
    "SELECT status, writer, heartbeat_at FROM runs WHERE id = ?",
  );
  const declareSeries = createSeriesDeclarer(database);
  // The time at which training stood there, so that the point lies on the run's own axis.
  const insertScalar = database.prepare(
    `INSERT OR REPLACE INTO scalars
     SELECT series.id, :step, (SELECT coalesce(max(elapsed_ms), 0) FROM scalars
       WHERE series_id IN (SELECT id FROM series WHERE run_id = :run) AND step <= :step), :value
     FROM series WHERE run_id = :run AND "set" = :set AND name = :name`,
  );

  const save = database.transaction((run: string, evaluation: Evaluation) => {
    const {
      step,
      measured,
      fingerprint,
      partOf = null,
      bothSides = false,
      series,
      pictures = [],
    } = evaluation;
    requireQuiet(run, selectRun.get(run), now());
    if (fingerprint !== null) images.nameSet(run, { set: measured.set, fingerprint, partOf, bothSides });
    declareSeries(run, series);
    for (const [name, value] of Object.entries(measured.ofSet)) {
      const { changes } = insertScalar.run({ run, set: measured.set, name, step, value });
      if (changes === 0) throw new Error(`run ${run}: series ${measured.set}/${name} was not declared`);
    }
    images.insert(run, step, measured);
    for (const picture of pictures) pictureWriter.replace(run, picture);
  });
  return {
    requireEvaluable(run, sets) {
      requireQuiet(run, selectRun.get(run), now());
      for (const set of sets) images.requireSame(run, set);
    },
    saveEvaluation: (run, evaluation) => save.immediate(run, evaluation),
  };
}

function requireQuiet(id: string, run: Target | undefined, at: number): void {
  if (run === undefined) throw new UserError(`run ${JSON.stringify(id)}: no such id`);
  if (statusAt(at, run) === "RUNNING")
    throw new UserError(`run ${id}: is still running; evaluate it once it has ended`);
}
