// The registry of everything that an experiment may name as its data set, and what others ask about one.

import type { z } from "zod";
import type { Path } from "../settings/paths.ts";
import type { Dataset } from "./dataset.ts";
import { elsewhere } from "./kinds/elsewhere.ts";
import { type ConfigsOf, singleKinds } from "./kinds/single-kinds.ts";
import { union } from "./kinds/union.ts";
import { variantsOf } from "./kinds/variants.ts";

export const datasets = { ...singleKinds, union, elsewhere };

export type DatasetConfig = ConfigsOf<typeof datasets>;

/** The schema of a data set with the keys `shared` beside those of its kind. Nobody writes what imported runs have. */
export function datasetSchema<Shared extends z.ZodRawShape>(shared: Shared) {
  const { elsewhere: _, ...writable } = datasets;
  return variantsOf(writable as typeof datasets, shared);
}

/** The data set that `config` names. */
export function datasetOf(config: DatasetConfig): Dataset<DatasetConfig> {
  // Each entry takes the config of its own kind, which the lookup by kind guarantees.
  return datasets[config.kind] as unknown as Dataset<DatasetConfig>;
}

/** Whether splits or folders say which images are unseen, so that no share is held out. */
export function hasOfficialSides(config: DatasetConfig): boolean {
  return datasetOf(config).hasOfficialSides(config);
}

/** Where the options say how many images there are at most: how many, and which key says it. */
export function mostImages(config: DatasetConfig): { readonly key: string; readonly images: number } | null {
  const key = datasetOf(config).countedBy;
  const counted = key === undefined ? null : { key, images: Number(config[key]) };
  if (config.limit === null || (counted !== null && counted.images < config.limit)) return counted;
  return { key: "limit", images: config.limit };
}

/** Why nobody can learn labels from `config`, as the end of "dataset.kind: "; null where one can. */
export function labelsProblem(config: DatasetConfig): string | null {
  if (datasetOf(config).labels(config) !== null) return null;
  const labelled = Object.values(datasets).flatMap((each) => each.labelled ?? []);
  const alone = datasetOf(config).labelled === null ? "" : " without labels";
  return `expected ${labelled.slice(0, -1).join(", ")} or ${labelled.at(-1)}, whose images have labels to learn from, got ${config.kind}${alone}`;
}

/** Where the options of a data set name files or folders. */
export function pathsOf(config: DatasetConfig): readonly Path[] {
  return datasetOf(config).paths(config);
}
