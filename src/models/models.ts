// The registry: a new model is one file and its line here. Loads no TensorFlow.js.

import type { z } from "zod";
import type { ReadonlyDeep } from "../settings/readonly-deep.ts";
import { variants } from "../settings/variants.ts";
import { alpha } from "./alpha.ts";
import { beta } from "./beta.ts";
import { classifier } from "./classifier/classifier.ts";
import { elsewhere } from "./elsewhere.ts";
import type { EmbeddingSettings } from "./embedding.ts";
import { gamma } from "./gamma/gamma.ts";
import type { Model } from "./model.ts";
import { pix2pix } from "./pix2pix/pix2pix.ts";

/** Every model, in the order of lists and tables. */
export const models = [alpha, beta, gamma, pix2pix, classifier] as const;

/** What a user may write under `model`. Its type has what imported runs have, too, which nobody writes. */
export const modelSchema = variants(
  "kind",
  models as unknown as readonly [...typeof models, typeof elsewhere],
);

/** What an experiment has under `model`. */
export type ModelConfig = ReadonlyDeep<z.output<typeof modelSchema>>;

export type ModelKind = ModelConfig["kind"];

/** The model that is called so and may be trained; undefined where none is. */
export function findModel(kind: string): Model | undefined {
  // Each takes the config of its own kind, which the lookup by kind guarantees.
  return (models as unknown as readonly Model[]).find((model) => model.kind === kind);
}

/** The model that `config` names. */
export function modelOf({ kind }: { readonly kind: ModelKind }): Model {
  return findModel(kind) ?? (elsewhere as unknown as Model);
}

/** The training loss of which seen losses are the mean. */
export function mainLossOf(config: ModelConfig): string {
  return modelOf(config).series(config)[0]!.name;
}

/** Whether another network tells the model what pictures show. */
export function isEmbedded(config: ModelConfig): config is Extract<ModelConfig, EmbeddingSettings> {
  return modelOf(config).needs === "embedding";
}
