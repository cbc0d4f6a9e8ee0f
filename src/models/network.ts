// What the code of a model builds. A network is plain data and pure functions: nothing in it remembers anything.

import type { Tensor, Tensor1D } from "@tensorflow/tfjs-core";
import type { State, StepFunction, StepSpecs, Tensors } from "../training-step.ts";
import type { Embedding } from "./embedding.ts";
import type { LayerRow } from "./layer-row.ts";
import type { OptimizerConfig } from "./optimizers/optimizers.ts";

/** What an experiment has under `train`, as far as networks read it. */
export type TrainSettings = {
  readonly batch_size: number;
  /** Into how many equal parts a step cuts its batch, to take them one after another. */
  readonly accumulate: number;
  readonly optimizer: OptimizerConfig;
  /** null takes `optimizer` for both networks. */
  readonly discriminator_optimizer: OptimizerConfig | null;
};

export type NetworkOptions<Config> = {
  readonly model: Config;
  /** Side of the square images, pixels. */
  readonly imageSize: number;
  readonly train: TrainSettings;
  /** What pictures show, for networks that need it. */
  readonly embedding?: Embedding;
  /** How many labels there are, for networks that need them. */
  readonly labels?: number;
};

export type BuildNetwork<Config> = (options: NetworkOptions<Config>) => Network;

/** What a GAN's discriminator thinks of pictures. */
export type Judge = {
  /** The names of the state that `score` reads. */
  readonly judged: readonly string[];
  /**
   * Mean logit of every picture over patches, scales counting alike, [N]: higher where it looks more real. `inputs` has luma
   * as `predict` takes it, of the size trained on, and `picture` as `predict` gives it. Batch norm takes each picture's own
   * statistics. Logits of two discriminators do not compare.
   */
  score(weights: Tensors, inputs: Tensors): Tensor1D;
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
  /** `predict` takes luma of any height and width that are multiples of this. */
  readonly sizeStep: number;
  /** The names of the state that `predict` and `evaluate` read. */
  readonly evaluated: readonly string[];
  /**
   * Evaluation mode: `inputs.luma` [N, H, W, 1] in [-1, 1], and what else the batch has beside the images. Gives what the
   * model declares as its output: chroma [N, H, W, 2], 1 standing for 110 units of a or b; rgb [N, H, W, 3] in [0, 1]; or
   * the probability of each label [N, labels].
   */
  predict(weights: Tensors, inputs: Tensors): Tensor;
  /** Evaluation mode over a batch as `specs.batch` has it: the prediction, and the loss of every image, [N]. */
  evaluate(weights: Tensors, batch: Tensors): { readonly prediction: Tensor; readonly loss: Tensor1D };
  /** Left out where nothing judges pictures. */
  readonly judge?: Judge;
};
