// A network trained on ImageNet that tells another one what a grey picture shows. It is given what it was trained on:
// pictures in [-1, 1].

import { mul, sub, type Tensor4D, zeros } from "@tensorflow/tfjs-core";
import { lumaChromaToRgb } from "../../color/ops.ts";
import type { State } from "../../training-step.ts";
import type { EmbeddingSource, SizedEmbeddingNetwork } from "../embedding.ts";
import { resized } from "../layers/resampling.ts";
import type { PretrainedNetwork } from "./pretrained-network.ts";

/** `weights` by Keras's names; those of "predictions" are needed for classes only. */
export function pretrainedEmbedding(
  network: PretrainedNetwork,
  weights: State,
  output: EmbeddingSource["output"],
): SizedEmbeddingNetwork {
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
