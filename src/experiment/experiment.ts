// What an experiment is once it is complete: every field present, checked and readonly, keys as users write them. The
// types come from the schema; nothing downstream checks or defaults again.

import type { ReadonlyDeep } from "../settings/readonly-deep.ts";
import type { Written } from "./schema/schema.ts";

/**
 * Images to measure on. Where a share or an official split says which are unseen, those; all of them where neither
 * does: `holdout` is null then.
 */
export type EvaluationConfig = ReadonlyDeep<Written["evaluate"]>[string];

export type ModelConfig = ReadonlyDeep<Written["model"]>;

type Train = ReadonlyDeep<Written["train"]>;

export type OptimizerConfig = Train["optimizer"];
export type ScheduleConfig = Train["schedule"];
export type AugmentConfig = Train["augment"];

export type MetricConfig = ReadonlyDeep<Written["metrics"]>[number];

export type Experiment = Omit<ReadonlyDeep<Written>, "name"> & { readonly name: string };
