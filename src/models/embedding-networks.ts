// Networks that tell gamma what a grey picture shows: one that the harness trained itself, or one trained on ImageNet.
// Each is given what it was trained on: luma at its own size, or pictures in [-1, 1].

import { image, mul, sigmoid, sub, type Tensor2D, type Tensor4D, zeros } from "@tensorflow/tfjs-core";
import { lumaChromaToRgb } from "../color/ops.ts";
import type { State } from "../training-step.ts";
import { type LabelNetworkOptions, labelNetwork } from "./classifier.ts";
import type { ClassifierNetwork } from "./classifiers/classifier-network.ts";
import { evaluationPass } from "./layers/part.ts";
import type { EmbeddingNetwork } from "./model.ts";

type Output = "classes" | "features";

/** `weights` are those of a run of the model kind `classifier`; `imageSize` is what it was trained on. */
export function trainedEmbedding(
  options: LabelNetworkOptions,
  weights: State,
  output: Output,
): EmbeddingNetwork & { readonly size: number } {
  const network = labelNetwork(options);
  const { weights: trainable, statistics } = network.init(0);
  const names = new Set([...Object.keys(trainable), ...Object.keys(statistics)]);
  return {
    size: network.sizes[output],
    weights: Object.fromEntries(Object.entries(weights).filter(([name]) => names.has(name))),
    trainable: Object.keys(trainable).filter((name) => output === "classes" || !name.startsWith("labels/")),
    layers: output === "classes" ? network.layers : network.layers.filter(({ name }) => name !== "labels"),
    embed(weights, luma) {
      const pass = evaluationPass(weights);
      const features = network.features(pass, resized(luma, options.imageSize));
      return output === "features" ? features : (sigmoid(network.logits(pass, features)) as Tensor2D);
    },
  };
}

/** `weights` by Keras's names; those of "predictions" are needed for classes only. */
export function pretrainedEmbedding(
  network: ClassifierNetwork,
  weights: State,
  output: Output,
): EmbeddingNetwork & { readonly size: number } {
  return {
    size: network.sizes[output],
    weights,
    trainable: network.trainable.filter((name) => name in weights),
    layers:
      output === "classes" ? network.layers : network.layers.filter(({ name }) => name !== "predictions"),
    embed(weights, luma) {
      const pictures = greyPictures(luma, network.inputSize);
      return output === "features"
        ? network.features(weights, pictures)
        : network.apply(weights, pictures).classes;
    },
  };
}

/** Luma [N, H, W, 1] as grey pictures [N, size, size, 3] in [-1, 1], which is what Keras's networks are trained on. */
export function greyPictures(luma: Tensor4D, size: number): Tensor4D {
  const [batch, height, width] = luma.shape;
  const rgb = lumaChromaToRgb(luma, zeros([batch, height, width, 2]));
  return sub(mul(resized(rgb, size), 2), 1) as Tensor4D;
}

function resized(pictures: Tensor4D, size: number): Tensor4D {
  const [, height, width] = pictures.shape;
  if (height === size && width === size) return pictures;
  return image.resizeBilinear(pictures, [size, size], false, true);
}
