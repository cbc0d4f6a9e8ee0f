// An old run that goes on: from which checkpoint, and whether it may.

import { UserError } from "../errors.ts";
import type { Experiment } from "../experiment/experiment.ts";
import { mainLossOf } from "../models/models.ts";
import type { Store } from "../store/open-store.ts";
import type { RunRow } from "../store/rows.ts";
import type { RunWriter } from "../store/run-writer.ts";
import type { TensorSpecs } from "../training-step.ts";
import { checkpointFolder } from "./checkpoints.ts";
import { withMeans } from "./earlier-moments.ts";
import type { OpenedEmbedding } from "./embedding/open-embedding.ts";
import { changesOf } from "./resume-changes.ts";
import { type ResumePoint, readResumePoint } from "./resume-point.ts";
import type { RunOptions } from "./run-experiment.ts";
import type { Training } from "./training.ts";

export function resumePointOf(
  store: Store,
  { id, experiment: { train } }: RunRow,
  { model }: Experiment,
  specs: TensorSpecs,
  { runsFolder, fromScratch = "never" }: RunOptions,
): ResumePoint {
  const losses = store.series(id, `train/${mainLossOf(model)}`);
  return readResumePoint({
    runId: id,
    folder: checkpointFolder(runsFolder, id),
    loggedStep: losses?.step.at(-1) ?? 0,
    fromScratch,
    lacks(state) {
      const found = withMeans(state, train);
      return (
        Object.keys(specs).find((name) => String(found[name]?.shape) !== String(specs[name]!.shape)) ?? null
      );
    },
  });
}

type Reopened = Pick<Training, "dataset" | "engine"> & {
  readonly row: RunRow;
  readonly point: ResumePoint;
  readonly embedded: OpenedEmbedding | null;
};

/** An old run, which must go on with the same images; another engine is allowed and noted. */
export function reopen(
  store: Store,
  experiment: Experiment,
  { row, point, dataset, engine, embedded }: Reopened,
): RunWriter {
  if (row.datasetFingerprint !== dataset.fingerprint) {
    throw new UserError(
      `run ${row.id} cannot go on: its images changed since (fingerprint ${row.datasetFingerprint.slice(0, 12)}, now ${dataset.fingerprint.slice(0, 12)}); start a new run`,
    );
  }
  if (embedded && row.teller && row.teller.fingerprint !== embedded.fingerprint) {
    throw new UserError(
      `run ${row.id} cannot go on: its classifier changed since (then ${row.teller.description}, now ${embedded.description}); start a new run`,
    );
  }
  const fromStep = point.checkpoint?.step ?? 0;
  const run = store.resumeRun(row.id, { fromStep, experiment });
  const changes = changesOf(row.experiment, experiment, fromStep, row.stepsPerEpoch);
  if (changes !== null) run.event("warning", "experiment", changes);
  if (row.engine !== engine.name || row.device !== engine.device) {
    run.event(
      "warning",
      "engine",
      `resumed on ${engine.name}, ${engine.device}; begun on ${row.engine}, ${row.device}: last digits will differ`,
    );
  }
  return run;
}
