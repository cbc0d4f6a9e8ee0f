// The data sets that stand for themselves: a new kind is one file and one line here. Apart from datasets.ts, as a
// union asks its parts and is one of the data sets itself.

import type { SingleDatasetConfig } from "../../experiment/experiment.ts";
import type { Dataset } from "../dataset.ts";
import { celeba } from "./celeba.ts";
import { coco } from "./coco.ts";
import { folder } from "./folder.ts";
import { synthetic } from "./synthetic.ts";

export const kinds = { coco, celeba, folder, synthetic } satisfies {
  readonly [Kind in SingleDatasetConfig["kind"]]: Dataset<Extract<SingleDatasetConfig, { kind: Kind }>>;
};

/** The data set that `config` names. */
export function kindOf(config: SingleDatasetConfig): Dataset<SingleDatasetConfig> {
  // Each entry takes the config of its own kind, which the lookup by kind guarantees.
  return kinds[config.kind] as Dataset<SingleDatasetConfig>;
}
