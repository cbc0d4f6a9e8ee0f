// What networks are put together from. A part knows the shapes of its maps beforehand, so that its table, its first
// values and its computation come from one description.

import type { Tensor, Tensor4D } from "@tensorflow/tfjs-core";
import type { State, TensorSpecs, Tensors } from "../../training-step.ts";
import type { LayerRow } from "../layer-row.ts";

/** Height, width, channels of one image's map. */
export type MapShape = readonly [height: number, width: number, channels: number];

/** What a network reads, and in training leaves, while it runs over a batch. */
export type Pass = {
  /**
   * `train` normalizes by the batch and drops out; `running` normalizes by running statistics; `batch_stats` by each
   * image's own, as pix2pix's test mode does with its batches of one.
   */
  readonly mode: "train" | "running" | "batch_stats";
  /** Weights and statistics, by name. */
  readonly weights: Tensors;
  readonly noise: Tensors;
  /** In training, the new values of statistics; a later pass sees those of an earlier one. */
  readonly updates: Map<string, Tensor>;
};

export function trainingPass(weights: Tensors, noise: Tensors): Pass {
  return { mode: "train", weights, noise, updates: new Map() };
}

export function evaluationPass(weights: Tensors, mode: "running" | "batch_stats" = "running"): Pass {
  return { mode, weights, noise: {}, updates: new Map() };
}

export type FirstValues = {
  readonly weights: State;
  /** What passes update and optimizers do not: running statistics, vectors of spectral norm. */
  readonly statistics: State;
};

export type Part<Output = Tensor4D> = {
  /** In the order of the forward pass. */
  readonly rows: readonly LayerRow[];
  /** The random numbers of one image, by name. */
  readonly noise: Readonly<Record<string, MapShape>>;
  init(seed: number): FirstValues;
  apply(pass: Pass, x: Tensor4D): Output;
};

/** Rows, noise and first values of several parts; how they are connected is the caller's. */
export function joined(parts: readonly Part<unknown>[]): Omit<Part, "apply"> {
  return {
    rows: parts.flatMap(({ rows }) => rows),
    noise: Object.assign({}, ...parts.map(({ noise }) => noise)),
    init: (seed) => {
      const values = parts.map((part) => part.init(seed));
      return {
        weights: Object.assign({}, ...values.map(({ weights }) => weights)),
        statistics: Object.assign({}, ...values.map(({ statistics }) => statistics)),
      };
    },
  };
}

/** One part after the other. */
export function sequence(parts: readonly Part[]): Part {
  return {
    ...joined(parts),
    apply: (pass, x) => parts.reduce((map, part) => part.apply(pass, map), x),
  };
}

export function noiseSpecs({ noise }: Pick<Part, "noise">, batchSize: number): TensorSpecs {
  return Object.fromEntries(
    Object.entries(noise).map(([name, shape]) => [name, { shape: [batchSize, ...shape], dtype: "float32" }]),
  );
}

/** A statistic as the latest pass left it. */
export function statistic({ weights, updates }: Pass, name: string): Tensor {
  return updates.get(name) ?? weights[name]!;
}
