// A network that predicts chroma from luma and is trained by the mean squared error alone.

import { mean, type Scalar, squaredDifference, type Tensor1D, type Tensor4D } from "@tensorflow/tfjs-core";
import { rgbToLumaChroma } from "../../color/ops.ts";
import { type State, sizeOf, type TensorSpecs, type Tensors } from "../../training-step.ts";
import { gradientsOf } from "../gradients.ts";
import type { LayerRow } from "../layer-row.ts";
import { evaluationPass } from "../layers/part.ts";
import type { Network, NetworkOptions } from "../network.ts";
import { createOptimizer } from "../optimizers/create-optimizer.ts";
import { type ChainLayer, convolutionChain } from "./convolution-chain.ts";

export type Regression = {
  readonly layers: readonly LayerRow[];
  /** First values of everything that training changes. */
  init(seed: number): State;
  /** What it reads and training does not change. */
  readonly frozen?: State;
  /** What the batch has beside the images. */
  readonly inputs?: TensorSpecs;
  /** `inputs.luma` and what `inputs` names -> chroma [N, H, W, 2]. */
  predict(weights: Tensors, inputs: Tensors): Tensor4D;
};

export function regressionNetwork(part: Regression, options: NetworkOptions<unknown>): Network {
  const { imageSize, train } = options;
  const { batch_size: batchSize, accumulate } = train;
  const { layers, init, frozen = {}, inputs = {}, predict } = part;
  const optimizer = createOptimizer(train.optimizer);
  const shapes = init(0);
  const trainable = Object.keys(shapes);
  return {
    parameters: trainable.reduce((sum, name) => sum + sizeOf(shapes[name]!.shape), 0),
    layers,
    init(seed) {
      const weights = init(seed);
      return { ...weights, ...frozen, ...optimizer.init(weights) };
    },
    specs: {
      batch: { rgb: { shape: [batchSize, imageSize, imageSize, 3], dtype: "uint8" }, ...inputs },
      noise: {},
      hyper: optimizer.hyperNames,
    },
    hyper: (t, factor) => optimizer.hyper(t, factor * train.optimizer.learning_rate),
    step(state, batch, _noise, hyper) {
      const { loss, gradients } = gradientsOf(
        trainable,
        state,
        { inputs: batch, accumulate },
        (weights, part) => {
          const { luma, chroma } = rgbToLumaChroma(part.rgb as Tensor4D);
          return { loss: mean(squaredDifference(predict(weights, { ...part, luma }), chroma)) as Scalar };
        },
      );
      return { state: { ...state, ...optimizer.update(state, gradients, hyper) }, losses: { loss } };
    },
    sizeStep: 8, // halved three times, as the declaration says
    evaluated: [...trainable, ...Object.keys(frozen)],
    predict,
    evaluate(weights, batch) {
      const { luma, chroma } = rgbToLumaChroma(batch.rgb as Tensor4D);
      const prediction = predict(weights, { ...batch, luma });
      const loss = mean(squaredDifference(prediction, chroma), [1, 2, 3]) as Tensor1D;
      return { prediction, loss };
    },
  };
}

/** A chain of convolutions and nothing else. */
export function chainNetwork(layers: readonly ChainLayer[], options: NetworkOptions<unknown>): Network {
  const { imageSize } = options;
  const chain = convolutionChain([imageSize, imageSize, 1], layers);
  return regressionNetwork(
    {
      layers: chain.rows,
      init: (seed) => chain.init(seed).weights,
      predict: (weights, { luma }) => chain.apply(evaluationPass(weights), luma as Tensor4D),
    },
    options,
  );
}
