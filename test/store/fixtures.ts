// Stores in temporary folders, rows to fill them with, and child processes that write beside the test.

import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { TestContext } from "node:test";
import { fileURLToPath } from "node:url";
import type { Experiment } from "../../src/experiment/experiment.ts";
import type { SeriesSpec } from "../../src/runs/series.ts";
import { legacySeries } from "../../src/store/legacy-series.ts";
import { openStore, type Store, type StoreOptions } from "../../src/store/open-store.ts";
import type { DatasetRow } from "../../src/store/rows.ts";
import type { RunWriter } from "../../src/store/run-writer.ts";
import type { NewRun } from "../../src/store/start-run.ts";
import { typescript } from "../typescript.ts";

export function temporaryFolder(test: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), "hueristic-store-"));
  test.after(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** A store with `dataset` in it, closed when the test ends. */
export function temporaryStore(test: TestContext, options: StoreOptions = {}): Store {
  // A clock that the test moves is that of durations as well.
  const clocks = options.now === undefined ? {} : { monotonic: options.now };
  const store = openStore(temporaryFolder(test), { ...clocks, ...options });
  test.after(() => store.close());
  saveDataset(store);
  return store;
}

/** A clock that stands still until the test moves it. */
export function handClock(start = 1_700_000_000_000) {
  const clock = { at: start, now: () => clock.at };
  return clock;
}

export const dataset: DatasetRow = {
  fingerprint: "f".repeat(64),
  description: "synthetic: 3 images, 32x32",
  size: 32,
  seenCount: 2,
  unseenCount: 1,
};

export function saveDataset(store: Store): void {
  store.saveDataset(
    dataset,
    [
      { id: "a.png", set: "seen" },
      { id: "b.png", set: "unseen" },
      { id: "c.png", set: "seen" },
    ],
    [{ path: "broken.jpg", reason: "not an image" }],
  );
}

export const experiment: Experiment = {
  name: "tiny",
  description: "as small as it gets",
  tags: ["smoke", "grün 🌈"],
  seed: 1,
  engine: "auto",
  device: "auto",
  precision: "float32",
  deterministic: false,
  model: { kind: "beta" },
  dataset: { kind: "synthetic", count: 3, limit: null, holdout: 0.3, seed: 1, greyscale: "keep" },
  image: { size: 32 },
  train: {
    epochs: 2,
    batch_size: 1,
    last_batch: "drop",
    accumulate: 1,
    optimizer: { name: "adam", learning_rate: 0.001, beta1: 0.9, beta2: 0.999, epsilon: 1e-8 },
    discriminator_optimizer: null,
    augment: { flip: false, crop: 1, rotate: 0, zoom: 0 },
    schedule: { kind: "constant" },
  },
  samples: { every: 1, seen: 1, unseen: 1, each: 2, measured: 256 },
  checkpoint: { every: 1, keep: 1 },
  log: { tensorboard: null },
  metrics: [],
  evaluate: {},
};

export function newRun(changes: Partial<NewRun> = {}): NewRun {
  return {
    name: "tiny",
    experiment,
    source: "experiments/tiny.yaml",
    engine: "onnx",
    device: "cpu",
    provenance: {
      gitCommit: "0123456789abcdef",
      gitDirty: false,
      packages: { "onnxruntime-node": "1.30.0" },
      node: "v20.20.2",
      host: "bench",
      platform: "linux x64",
      cpu: "some CPU",
      threads: 4,
      command: ["hueristic", "run", "experiments/tiny.yaml"],
    },
    datasetFingerprint: dataset.fingerprint,
    parameters: 1234,
    stepsPerEpoch: 2,
    teller: null,
    ...changes,
  };
}

/** Starts `node <script>.ts <args>` in this folder; `uid` runs it as another user. */
export function startChild(script: string, args: readonly string[], uid?: number): ChildProcess {
  const path = fileURLToPath(new URL(script, import.meta.url));
  return spawn(process.execPath, [...typescript, path, ...args], {
    stdio: ["pipe", "pipe", "inherit"],
    cwd: fileURLToPath(new URL("../..", import.meta.url)),
    ...(uid === undefined ? {} : { uid }),
  });
}

/** The lines that a child prints, and the code or signal with which it ends. */
export async function outcomeOf(child: ChildProcess): Promise<{ lines: string[]; end: number | string }> {
  const lines: string[] = [];
  createInterface({ input: child.stdout! }).on("line", (line) => lines.push(line));
  const end = await new Promise<number | string>((resolve) =>
    child.on("close", (code, signal) => resolve(code ?? signal!)),
  );
  return { lines, end };
}

/** Resolves with the first line that a child prints. */
export function firstLine(child: ChildProcess): Promise<string> {
  return new Promise((resolve) => {
    createInterface({ input: child.stdout! }).once("line", resolve);
  });
}

/** The declaration of a well-known series, such as "unseen/psnr"; of any other one, one that says nothing. */
export function specOf(name: string): SeriesSpec {
  const metrics = new Map([
    [
      "psnr",
      { name: "psnr", better: "higher", unit: "dB", description: "a ratio", source: "a paper" } as const,
    ],
  ]);
  return legacySeries(name, { model: "beta", color: null, gan: null, metrics });
}

export function declare(writer: RunWriter, ...names: readonly string[]): void {
  writer.declare(names.map(specOf));
}

/** Series that have values. */
export function names(store: Store, runId: string): string[] {
  return store.allSeries(runId).map(({ name }) => name);
}

const declared = new WeakMap<RunWriter, Set<string>>();

/** Logs values of series that it declares where that was not done before. */
export function log(writer: RunWriter, step: number, values: Readonly<Record<string, number>>): void {
  const known = declared.get(writer) ?? new Set();
  declared.set(writer, known);
  const fresh = Object.keys(values).filter((name) => !known.has(name));
  if (fresh.length > 0) declare(writer, ...fresh);
  for (const name of fresh) known.add(name);
  writer.logScalars(step, values);
}
