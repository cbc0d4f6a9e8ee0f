// The data sets that stand for themselves: a new kind is one file and one line here. Apart from datasets.ts, as a
// union asks its parts and is one of the data sets itself.

import type { z } from "zod";
import type { ConfigOf, Dataset } from "../dataset.ts";
import { celeba } from "./celeba.ts";
import { cifar10, cifar100 } from "./cifar.ts";
import { coco } from "./coco.ts";
import { folder } from "./folder.ts";
import { synthetic } from "./synthetic.ts";

export const singleKinds = { coco, celeba, cifar10, cifar100, folder, synthetic };

type Kinds = typeof singleKinds;

export type ConfigsOf<Kinds extends Readonly<Record<string, { readonly options: z.ZodRawShape }>>> = {
  [Kind in keyof Kinds & string]: ConfigOf<Kind, Kinds[Kind]["options"]>;
}[keyof Kinds & string];

export type SingleDatasetConfig = ConfigsOf<Kinds>;

/** The data set that `config` names. */
export function singleKindOf(config: SingleDatasetConfig): Dataset<SingleDatasetConfig> {
  // Each entry takes the config of its own kind, which the lookup by kind guarantees.
  return singleKinds[config.kind] as unknown as Dataset<SingleDatasetConfig>;
}
