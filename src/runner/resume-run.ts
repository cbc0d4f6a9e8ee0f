// An old run that goes on.

import type { PreparedDataset } from "../datasets/prepare/prepare.ts";
import type { Engine } from "../engine/engine.ts";
import { UserError } from "../errors.ts";
import type { Experiment } from "../experiment/experiment.ts";
import type { Store } from "../store/open-store.ts";
import type { RunWriter } from "../store/run-writer.ts";
import { checkpointFiles, readCheckpoint } from "./checkpoints.ts";
import type { OpenedEmbedding } from "./embedding/open-embedding.ts";

export function newestCheckpoint(folder: string) {
  const newest = checkpointFiles(folder).at(-1);
  return newest === undefined ? null : readCheckpoint(newest);
}

/** An old run, which must go on with the same images; another engine is allowed and noted. */
export function reopen(
  store: Store,
  id: string,
  experiment: Experiment,
  dataset: PreparedDataset,
  engine: Engine,
  embedded: OpenedEmbedding | null,
): RunWriter {
  const row = store.getRun(id);
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
  const run = store.resumeRun(row.id, experiment);
  if (row.engine !== engine.name || row.device !== engine.device) {
    run.event(
      "warning",
      "engine",
      `resumed on ${engine.name}, ${engine.device}; begun on ${row.engine}, ${row.device}: last digits will differ`,
    );
  }
  return run;
}
