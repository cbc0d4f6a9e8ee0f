// What a network trained on ImageNet is to the rest of the harness: named weights that come from a file, and a pure
// function over them. Each network is described once (keras-layers.ts); shapes, table and computation follow from it.

import type { Tensor2D, Tensor4D } from "@tensorflow/tfjs-core";
import type { TensorSpecs, Tensors } from "../../training-step.ts";
import type { LayerRow } from "../layer-row.ts";
import type { KerasNetwork } from "./keras-layers.ts";
import { describeLayers } from "./layer-shapes.ts";
import { classesOf, featuresOf } from "./layer-tensors.ts";

export type PretrainedNetwork = {
  readonly description: string;
  /** Side of the square pictures that it takes, pixels; it computes on other sizes too. */
  readonly inputSize: number;
  /** Every weight by Keras's name, such as "Conv1/kernel" and "bn_Conv1/moving_mean". */
  readonly weights: TensorSpecs;
  /** Those of `weights` that training may change: everything but moving statistics. */
  readonly trainable: readonly string[];
  /** A convolution with its batch norm is one row; moving statistics are not counted. */
  readonly layers: readonly LayerRow[];
  readonly sizes: { readonly features: number; readonly classes: number };
  /** Pictures [N, S, S, 3] in [-1, 1] to pooled features [N, F]; the weights of "predictions" may be missing. */
  features(weights: Tensors, pictures: Tensor4D): Tensor2D;
  /** The features, and the probabilities of the classes [N, C]. Batch norm is by moving statistics. */
  apply(weights: Tensors, pictures: Tensor4D): { readonly features: Tensor2D; readonly classes: Tensor2D };
};

export type PretrainedNetworkOptions = {
  readonly description: string;
  readonly inputSize: number;
  readonly classes: number;
  readonly network: KerasNetwork;
};

export function pretrainedNetwork(options: PretrainedNetworkOptions): PretrainedNetwork {
  const { description, inputSize, classes, network } = options;
  const { weights, layers, features: size } = describeLayers(network, inputSize, classes);
  const features = (tensors: Tensors, pictures: Tensor4D) => featuresOf(network, tensors, pictures);
  return {
    description,
    inputSize,
    weights,
    trainable: Object.keys(weights).filter((name) => !name.includes("/moving_")),
    layers,
    sizes: { features: size, classes },
    features,
    apply(tensors, pictures) {
      const pooled = features(tensors, pictures);
      return { features: pooled, classes: classesOf(tensors, pooled) };
    },
  };
}
