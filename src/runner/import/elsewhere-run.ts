// A run of what others trained or logged: it says of images, machine and training what is known, which is nothing but a file.

import { datasetOf } from "../../datasets/datasets.ts";
import type { Experiment } from "../../experiment/experiment.ts";
import type { Store } from "../../store/open-store.ts";
import type { RunWriter } from "../../store/run-writer.ts";
import { readProvenance } from "../provenance.ts";

/** What was imported, in place of a data set. */
export type Imported = { readonly file: string; readonly sha256: string };

/** Of `known` the images and the length of training are replaced. */
export function createElsewhereRun(
  store: Store,
  known: Experiment,
  { file, sha256 }: Imported,
  parameters: number,
): { readonly run: RunWriter; readonly experiment: Experiment } {
  const { seed, greyscale } = known.dataset;
  const sides = { limit: null, holdout: null, seed, greyscale };
  const experiment: Experiment = {
    ...known,
    dataset: { kind: "elsewhere", file, sha256, ...sides },
    train: { ...known.train, epochs: 0 },
  };
  const description = datasetOf(experiment.dataset).describe(experiment.dataset);
  const { size } = experiment.image;
  store.saveDataset({ fingerprint: sha256, description, size, seenCount: 0, unseenCount: 0 }, [], []);
  const run = store.createRun({
    name: experiment.name,
    experiment,
    source: null,
    engine: "elsewhere",
    device: "unknown device",
    provenance: readProvenance(process.argv.slice(2)),
    datasetFingerprint: sha256,
    parameters,
    stepsPerEpoch: 1,
    teller: null,
  });
  return { run, experiment };
}
