import type { ModelConfig } from "../experiment/experiment.ts";
import { beta } from "./beta.ts";
import type { Model } from "./model.ts";

/** Every model, by the name that experiment files use. */
export const models = { beta } satisfies Record<ModelConfig["kind"], Model>;
