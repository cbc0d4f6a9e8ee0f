// What a model file gives. A network is plain data and pure functions: nothing in it remembers anything.

import type { Tensor1D, Tensor4D } from "@tensorflow/tfjs-core";
import type { OptimizerConfig } from "../experiment/experiment.ts";
import type { State, StepFunction, StepSpecs, Tensors } from "../training-step.ts";

export type NetworkOptions = {
  /** Side of the square images, pixels. */
  readonly imageSize: number;
  readonly batchSize: number;
  readonly optimizer: OptimizerConfig;
};

export type Network = {
  /** Trainable numbers. */
  readonly parameters: number;
  /** Weights and optimizer moments before the first step; the same seed gives the same numbers. */
  init(seed: number): State;
  /** What `step` takes besides the state. `batch.rgb` is uint8 [N, H, W, 3]. */
  readonly specs: StepSpecs;
  /** The scalars of step t = 1, 2, … at a learning rate. */
  hyper(t: number, learningRate: number): Readonly<Record<string, number>>;
  readonly step: StepFunction;
  /** The names of the state that `colorize` and `evaluate` read. */
  readonly weights: readonly string[];
  /** Evaluation mode: luma [N, H, W, 1] in [-1, 1] -> chroma [N, H, W, 2], 1 standing for 110 units of a or b. */
  colorize(weights: Tensors, luma: Tensor4D): Tensor4D;
  /** Evaluation mode: rgb int32 [N, H, W, 3] -> chroma as above and the loss of every image, [N]. */
  evaluate(weights: Tensors, rgb: Tensor4D): { readonly chroma: Tensor4D; readonly loss: Tensor1D };
};

export type Model = {
  readonly description: string;
  /** The paper or repository that it follows. */
  readonly source: string;
  /** Names of the training losses; the first one is what the progress bar shows. */
  readonly losses: readonly string[];
  build(options: NetworkOptions): Network;
};
