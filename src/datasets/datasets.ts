// The registry: a new data set kind is one file and one line here.

import type { DatasetConfig } from "../experiment/experiment.ts";
import { celeba } from "./celeba.ts";
import { coco } from "./coco.ts";
import type { Dataset } from "./dataset.ts";
import { folder } from "./folder.ts";
import { synthetic } from "./synthetic.ts";

export const datasets = { coco, celeba, folder, synthetic } satisfies {
  readonly [Kind in DatasetConfig["kind"]]: Dataset<Extract<DatasetConfig, { kind: Kind }>>;
};

/** The data set that `config` names. */
export function datasetOf(config: DatasetConfig): Dataset<DatasetConfig> {
  // Each entry takes the config of its own kind, which the lookup by kind guarantees.
  return datasets[config.kind] as Dataset<DatasetConfig>;
}
