// A trained classifier that tells another network what a grey picture shows. It is given luma at the size that it was
// trained on.

import { sigmoid, type Tensor2D } from "@tensorflow/tfjs-core";
import type { State } from "../../training-step.ts";
import type { SizedEmbeddingNetwork } from "../embedding.ts";
import { evaluationPass } from "../layers/part.ts";
import { resized } from "../layers/resampling.ts";
import type { TellerOptions } from "../model.ts";
import type { ClassifierSettings } from "./classifier.ts";
import { labelNetwork } from "./label-network.ts";

/** null where `state` has no weights of a classifier. */
export function toldByClassifier({
  model,
  imageSize,
  state,
  output,
}: TellerOptions<ClassifierSettings>): SizedEmbeddingNetwork | null {
  const labels = state["labels/bias"]?.shape[0];
  if (labels === undefined) return null;
  const network = labelNetwork({ imageSize, width: model.width, labels });
  const { weights: trainable, statistics } = network.init(0);
  const names = new Set([...Object.keys(trainable), ...Object.keys(statistics)]);
  const weights: State = Object.fromEntries(Object.entries(state).filter(([name]) => names.has(name)));
  return {
    size: network.sizes[output],
    weights,
    trainable: Object.keys(trainable).filter((name) => output === "classes" || !name.startsWith("labels/")),
    layers: output === "classes" ? network.layers : network.layers.filter(({ name }) => name !== "labels"),
    embed(weights, luma) {
      const pass = evaluationPass(weights);
      const features = network.features(pass, resized(luma, imageSize));
      return output === "features" ? features : (sigmoid(network.logits(pass, features)) as Tensor2D);
    },
  };
}
