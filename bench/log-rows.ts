// The run that the logging benchmarks write, as large as a real one.

import { execFileSync } from "node:child_process";
import { inSet, seriesKind } from "../src/runs/series.ts";
import type { Store } from "../src/store/open-store.ts";
import type { RunWriter } from "../src/store/run-writer.ts";
import type { NewRun } from "../src/store/start-run.ts";

const fingerprint = "b".repeat(64);

export const benchRun: NewRun = {
  name: "bench",
  source: null,
  engine: "onnx",
  device: "cpu",
  datasetFingerprint: fingerprint,
  parameters: 6_500_000,
  stepsPerEpoch: 1000,
  teller: null,
  provenance: {
    gitCommit: "0123456789abcdef0123456789abcdef01234567",
    gitDirty: true,
    packages: Object.fromEntries(
      Array.from({ length: 12 }, (_, index) => [`package-${index}`, `1.${index}.0`]),
    ),
    node: process.version,
    host: "bench",
    platform: "linux x64",
    cpu: "some CPU",
    threads: 4,
    command: ["hueristic", "run", "experiments/bench.yaml"],
  },
  experiment: {
    name: "bench",
    description: "what it costs to log",
    tags: ["bench"],
    seed: 1,
    engine: "auto",
    device: "auto",
    precision: "float32",
    deterministic: false,
    model: { kind: "beta" },
    dataset: { kind: "synthetic", count: 2, limit: null, holdout: 0.5, seed: 1, greyscale: "keep" },
    image: { size: 32 },
    train: {
      epochs: 100,
      batch_size: 1,
      last_batch: "drop",
      accumulate: 1,
      optimizer: { name: "adam", learning_rate: 0.001, beta1: 0.9, beta2: 0.999, epsilon: 1e-8 },
      discriminator_optimizer: null,
      augment: { flip: false, crop: 1, rotate: 0, zoom: 0 },
      schedule: { kind: "constant" },
    },
    samples: { every: 10, seen: 1, unseen: 1, each: 2, measured: 256 },
    checkpoint: { every: 10, keep: 2 },
    log: { tensorboard: null },
    metrics: [],
    evaluate: {},
  },
};

export function saveBenchDataset(store: Store): void {
  store.saveDataset(
    { fingerprint, description: "two images", size: 32, seenCount: 1, unseenCount: 1 },
    [
      { id: "a", set: "seen" },
      { id: "b", set: "unseen" },
    ],
    [],
  );
}

/** Declares training losses of these names, and unseen/loss. */
export function declareLosses(writer: RunWriter, ...names: readonly string[]): void {
  const kind = (name: string) => seriesKind({ name, family: "loss", better: "lower", description: "" });
  writer.declare([...inSet("train", names.map(kind)), ...inSet("unseen", [kind("loss")])]);
}

/** For the header of a table. */
export function fileSystemOf(folder: string): string {
  try {
    return execFileSync("stat", ["-f", "-c", "%T", folder], { encoding: "utf8" }).trim();
  } catch {
    return "unknown file system";
  }
}
