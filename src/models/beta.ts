// beta: the plain encoder and decoder of emilwallner/Coloring-greyscale-images. Differences, on purpose: chroma is
// scaled by 110 so that it covers all of sRGB (there 128), and luma is L / 50 - 1 (there raw L).

import {
  mean,
  relu,
  type Scalar,
  squaredDifference,
  type Tensor,
  type Tensor1D,
  type Tensor4D,
  tanh,
  valueAndGrads,
} from "@tensorflow/tfjs-core";
import { rgbToLumaChroma } from "../color/ops.ts";
import { type State, sizeOf, type Tensors } from "../training-step.ts";
import { convolution, glorotConvolution, upsample } from "./layers.ts";
import type { Model } from "./model.ts";
import { createOptimizer } from "./optimizers.ts";

type Layer = {
  readonly name: string;
  readonly outputs: number;
  readonly stride?: 2;
  readonly upsample?: true;
};

/** 3x3 'same' convolutions, each followed by ReLU, the last by tanh. `upsample` comes after the activation. */
const layers: readonly Layer[] = [
  { name: "conv1", outputs: 64 },
  { name: "conv2", outputs: 64, stride: 2 },
  { name: "conv3", outputs: 128 },
  { name: "conv4", outputs: 128, stride: 2 },
  { name: "conv5", outputs: 256 },
  { name: "conv6", outputs: 256, stride: 2 },
  { name: "conv7", outputs: 512 },
  { name: "conv8", outputs: 256 },
  { name: "conv9", outputs: 128, upsample: true },
  { name: "conv10", outputs: 64, upsample: true },
  { name: "conv11", outputs: 32 },
  { name: "conv12", outputs: 2, upsample: true },
];

function initialWeights(seed: number): State {
  let inputs = 1;
  const weights: Record<string, State[string]> = {};
  for (const { name, outputs } of layers) {
    Object.assign(weights, glorotConvolution(name, { size: 3, inputs, outputs }, seed));
    inputs = outputs;
  }
  return weights;
}

function colorize(weights: Tensors, luma: Tensor4D): Tensor4D {
  let x = luma;
  for (const layer of layers) {
    x = convolution(weights, layer.name, x, layer.stride);
    x = layer === layers.at(-1) ? tanh(x) : relu(x);
    if (layer.upsample) x = upsample(x);
  }
  return x;
}

export const beta: Model = {
  description: "plain convolutional encoder and decoder, luma to chroma, mean squared error",
  source: "emilwallner/Coloring-greyscale-images, beta version",
  losses: ["loss"],
  build({ imageSize, batchSize, optimizer: config }) {
    const optimizer = createOptimizer(config);
    const shapes = initialWeights(0);
    const names = Object.keys(shapes);
    return {
      parameters: Object.values(shapes).reduce((sum, { shape }) => sum + sizeOf(shape), 0),
      weights: names,
      init(seed) {
        const weights = initialWeights(seed);
        return { ...weights, ...optimizer.init(weights) };
      },
      specs: {
        batch: { rgb: { shape: [batchSize, imageSize, imageSize, 3], dtype: "uint8" } },
        noise: {},
        hyper: optimizer.hyperNames,
      },
      hyper: optimizer.hyper,
      step(state, batch, _noise, hyper) {
        const { luma, chroma } = rgbToLumaChroma(batch.rgb as Tensor4D);
        const loss = (...weights: Tensor[]) =>
          mean(squaredDifference(colorize(named(names, weights), luma), chroma)) as Scalar;
        const { value, grads } = valueAndGrads(loss)(names.map((name) => state[name]!));
        return {
          state: optimizer.update(state, named(names, grads), hyper),
          losses: { loss: value },
        };
      },
      colorize,
      evaluate(weights, rgb) {
        const { luma, chroma } = rgbToLumaChroma(rgb);
        const colorized = colorize(weights, luma);
        const loss = mean(squaredDifference(colorized, chroma), [1, 2, 3]) as Tensor1D;
        return { chroma: colorized, loss };
      },
    };
  },
};

function named(names: readonly string[], tensors: readonly Tensor[]): Tensors {
  return Object.fromEntries(names.map((name, index) => [name, tensors[index]!]));
}
