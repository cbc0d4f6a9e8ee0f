// A training of a few seconds on small drawn scenes.

import type { Experiment, OptimizerConfig } from "../../src/experiment/experiment.ts";
import { testedEngine } from "../tested-engine.ts";

const adam: OptimizerConfig = { name: "adam", learningRate: 1e-3 };

export function smallExperiment({ epochs = 3, optimizer = adam, batchSize = 4 } = {}): Experiment {
  return {
    name: "small",
    description: "",
    tags: ["test"],
    seed: 3,
    ...testedEngine,
    model: { kind: "beta" },
    dataset: { kind: "synthetic", count: 24, limit: null, holdout: 0.25, seed: 5 },
    image: { size: 16 },
    train: {
      epochs,
      batchSize,
      accumulate: 1,
      optimizer,
      discriminatorOptimizer: null,
      augment: { flip: false, crop: 1, rotate: 0, zoom: 0 },
      schedule: { kind: "cosine", warmupEpochs: 0 },
    },
    samples: { every: 2, seen: 2, unseen: 3 },
    checkpoint: { every: 1, keep: 2 },
  };
}
