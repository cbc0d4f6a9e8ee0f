// A training of a few seconds on small drawn scenes.

import type { Experiment, ModelConfig, OptimizerConfig } from "../../src/experiment/experiment.ts";
import { testedEngine } from "../tested-engine.ts";

export const adam = {
  name: "adam",
  learning_rate: 1e-3,
  beta1: 0.9,
  beta2: 0.999,
  epsilon: 1e-8,
} as const satisfies OptimizerConfig;

export function smallExperiment({
  epochs = 3,
  optimizer = adam as OptimizerConfig,
  batchSize = 4,
  model = { kind: "alpha" } as ModelConfig,
} = {}): Experiment {
  return {
    name: "small",
    description: "",
    tags: ["test"],
    seed: 3,
    ...testedEngine,
    model,
    precision: "float32",
    deterministic: false,
    dataset: { kind: "synthetic", count: 24, limit: null, holdout: 0.25, seed: 5, greyscale: "keep" },
    image: { size: 16 },
    train: {
      epochs,
      batch_size: batchSize,
      last_batch: "drop",
      accumulate: 1,
      optimizer,
      discriminator_optimizer: null,
      augment: { flip: false, crop: 1, rotate: 0, zoom: 0 },
      schedule: { kind: "cosine", warmup_epochs: 0 },
    },
    samples: { every: 2, seen: 2, unseen: 3, each: 2, measured: 256 },
    checkpoint: { every: 1, keep: 2 },
    log: { tensorboard: null },
    metrics: [],
    evaluate: {},
  };
}
