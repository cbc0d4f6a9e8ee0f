// What a model file gives. A network is plain data and pure functions: nothing in it remembers anything.

import type { Tensor, Tensor1D, Tensor2D, Tensor4D } from "@tensorflow/tfjs-core";
import type { ModelConfig } from "../experiment/experiment.ts";
import type { State, StepFunction, StepSpecs, Tensors } from "../training-step.ts";
import type { LayerRow } from "./layer-row.ts";
import type { OptimizerSettings } from "./optimizers.ts";

export type NetworkOptions<Config extends ModelConfig = ModelConfig> = {
  readonly model: Config;
  /** Side of the square images, pixels. */
  readonly imageSize: number;
  readonly batchSize: number;
  /** Into how many equal parts a step cuts its batch, to take them one after another; 1 where it is left out. */
  readonly accumulate?: number;
  readonly optimizer: OptimizerSettings;
  /** For the discriminator; null takes `optimizer` for both. */
  readonly discriminatorOptimizer?: OptimizerSettings | null;
  /** What pictures show, for networks that use it. */
  readonly embedding?: Embedding;
  /** How many labels there are, for networks that learn them. */
  readonly labels?: number;
};

/** A vector that says what a grey picture shows, made by another network. */
export type Embedding = {
  readonly size: number;
  /** The network that makes it, where it is to be trained along; otherwise the vectors come with the batch. */
  readonly trained: EmbeddingNetwork | null;
};

export type EmbeddingNetwork = {
  readonly weights: State;
  /** Those of `weights` that training changes. */
  readonly trainable: readonly string[];
  readonly layers: readonly LayerRow[];
  /** Luma [N, H, W, 1] in [-1, 1] -> [N, size]. */
  embed(weights: Tensors, luma: Tensor4D): Tensor2D;
};

export type Network = {
  /** Trainable numbers. */
  readonly parameters: number;
  /** In the order of the forward pass. */
  readonly layers: readonly LayerRow[];
  /** Weights, statistics and optimizer moments before the first step; the same seed gives the same numbers. */
  init(seed: number): State;
  /** What `step` takes besides the state. `batch.rgb` is uint8 [N, H, W, 3]. */
  readonly specs: StepSpecs;
  /** The scalars of step t = 1, 2, … with the schedule's `factor` on the learning rates. */
  hyper(t: number, factor: number): Readonly<Record<string, number>>;
  readonly step: StepFunction;
  /** The names of the state that `predict` and `evaluate` read. */
  readonly evaluated: readonly string[];
  /**
   * What `predict` gives: chroma [N, H, W, 2], 1 standing for 110 units of a or b; rgb [N, H, W, 3] in [0, 1]; or the
   * probability of each label [N, labels].
   */
  readonly output: "chroma" | "rgb" | "labels";
  /** Evaluation mode: `inputs.luma` [N, H, W, 1] in [-1, 1], and what else the batch has beside the images. */
  predict(weights: Tensors, inputs: Tensors): Tensor;
  /** Evaluation mode over a batch as `specs.batch` has it: the prediction, and the loss of every image, [N]. */
  evaluate(weights: Tensors, batch: Tensors): { readonly prediction: Tensor; readonly loss: Tensor1D };
};

export type Model<Config extends ModelConfig = ModelConfig> = {
  readonly description: string;
  /** The paper or repository that it follows. */
  readonly source: string;
  /** Names of the training losses; the first one is what the progress bar shows. */
  readonly losses: readonly string[];
  /** What it needs beside images. */
  readonly needs?: "embedding" | "labels";
  build(options: NetworkOptions<Config>): Network;
};
