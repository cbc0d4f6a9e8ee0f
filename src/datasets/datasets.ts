// The registry of everything that an experiment may name as its data set.

import { UserError } from "../errors.ts";
import type { DatasetConfig } from "../experiment/experiment.ts";
import type { Dataset } from "./dataset.ts";
import { kinds } from "./kinds/kinds.ts";
import { union } from "./kinds/union.ts";

export const datasets = { ...kinds, union } satisfies {
  readonly [Kind in DatasetConfig["kind"]]: Dataset<Extract<DatasetConfig, { kind: Kind }>>;
};

/** The data set that `config` names. */
export function datasetOf(config: DatasetConfig): Dataset<DatasetConfig> {
  // Each entry takes the config of its own kind, which the lookup by kind guarantees.
  return datasets[config.kind] as Dataset<DatasetConfig>;
}

/** Throws UserError unless the images of `config` have labels. */
export function requireLabels(config: DatasetConfig): void {
  if (datasets[config.kind].hasLabels) return;
  const labelled = Object.entries(datasets).filter(([, { hasLabels }]) => hasLabels);
  const kinds = labelled.map(([kind]) => kind).join(" or ");
  throw new UserError(
    `dataset.kind: expected ${kinds}, whose images have labels to learn from, got ${config.kind}`,
  );
}
