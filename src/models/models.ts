import type { ModelConfig } from "../experiment/experiment.ts";
import { alpha } from "./alpha.ts";
import { beta } from "./beta.ts";
import { classifier } from "./classifier.ts";
import { gamma } from "./gamma.ts";
import type { Model } from "./model.ts";
import { pix2pix } from "./pix2pix.ts";

/** Every model, by the name that experiment files use. */
export const models = { alpha, beta, gamma, pix2pix, classifier } satisfies {
  readonly [Kind in ModelConfig["kind"]]: Model<Extract<ModelConfig, { kind: Kind }>>;
};

/** The model that `config` names. */
export function modelOf({ kind }: ModelConfig): Model {
  // Each entry takes the config of its own kind, which the lookup by kind guarantees.
  return models[kind] as Model;
}
