// A store with a run in it, as a test wants it: seeded numbers, pictures drawn with sharp, a clock that stands.

import { mkdtempSync, rmSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import type { TestContext } from "node:test";
import sharp from "sharp";
import type { Experiment } from "../../src/experiment/experiment.ts";
import { openStore, type Store } from "../../src/store/open-store.ts";
import type { FinalStatus } from "../../src/store/run-writer.ts";
import { log } from "../store/fixtures.ts";

export const sampleTime = Date.UTC(2026, 0, 2, 3, 4);

export type SampleRun = {
  readonly id: string;
  readonly name?: string;
  readonly description?: string;
  readonly epochs?: number;
  readonly stepsPerEpoch?: number;
  readonly learningRate?: number;
  readonly seed?: number;
  readonly model?: "alpha" | "beta";
  readonly tags?: readonly string[];
  /** Images of each side; 0 stores none. */
  readonly images?: number;
  readonly every?: number;
  /** Loss of a step; null logs no series. */
  readonly loss?: ((step: number) => number) | null;
  readonly status?: FinalStatus;
  readonly error?: string;
  readonly skipped?: readonly { path: string; reason: string }[];
  /** Tells the pictures of this run from those of others, real and grey ones excepted. */
  readonly tint?: number;
  readonly imageId?: (index: number) => string;
  readonly size?: number;
  /** Share of blue in the output of an epoch, the real one being 0.2; no colors are logged where it is left out. */
  readonly blue?: (epoch: number) => number;
  /** Noise in the pictures, so that they are as large as photographs. */
  readonly noisy?: boolean;
};

export function temporaryFolder(t: TestContext): string {
  const folder = mkdtempSync(path.join(os.tmpdir(), "hueristic-report-"));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

export async function sampleStore(t: TestContext, ...runs: readonly SampleRun[]): Promise<Store> {
  const folder = temporaryFolder(t);
  const ids = runs.map(({ id }) => id);
  let now = sampleTime;
  const store = openStore(folder, { now: () => now, monotonic: () => now, newId: () => ids.shift()! });
  t.after(() => store.close());
  for (const run of runs) await addRun(store, run, (time) => (now = time));
  return store;
}

async function addRun(store: Store, run: SampleRun, setClock: (time: number) => void): Promise<void> {
  const { epochs = 4, stepsPerEpoch = 10, images = 2, every = 2, tint = 0, size = 16 } = run;
  const { loss = (step: number) => 0.05 / (1 + step / 20) } = run;
  const skipped = run.skipped ?? [];
  const imageId = run.imageId ?? ((index: number) => `photo ${index}.jpg`);
  setClock(sampleTime);
  const fingerprint = `data-${skipped.length}`;
  const dataset = [
    { id: "a", set: "seen" as const },
    { id: "b", set: "unseen" as const },
  ];
  const row = { fingerprint, description: "folder: 1 seen, 1 unseen", size, seenCount: 1, unseenCount: 1 };
  store.saveDataset(row, dataset, skipped);
  const writer = store.createRun({
    name: run.name ?? "sample",
    experiment: sampleExperiment(run),
    source: "experiments/sample.yaml",
    engine: "onnx",
    device: "cpu (4 threads)",
    teller: null,
    provenance: {
      gitCommit: "0123456789abcdef0123456789abcdef01234567",
      gitDirty: false,
      packages: { sharp: "0.35.5" },
      node: "v20.20.2",
      host: "laboratory",
      platform: "linux",
      cpu: "a processor",
      threads: 4,
      command: ["run", "experiments/sample.yaml", "train.epochs=4"],
    },
    datasetFingerprint: fingerprint,
    parameters: 12345,
    stepsPerEpoch,
  });
  if (loss) {
    log(writer, 0, { "unseen/loss": loss(0) });
    for (let step = 1; step <= epochs * stepsPerEpoch; step++) {
      setClock(sampleTime + step * 100);
      const atEnd = step % stepsPerEpoch === 0;
      log(writer, step, {
        "train/loss": loss(step) * (1 + 0.1 * Math.sin(step * 7)),
        "train/learning_rate": run.learningRate ?? 0.001,
        ...(atEnd ? { "unseen/loss": loss(step), "train/epoch_seconds": stepsPerEpoch / 10 } : {}),
      });
    }
  }
  for (let epoch = 0; run.blue && epoch <= epochs; epoch += every)
    log(writer, epoch * stepsPerEpoch, {
      "unseen/emergence/images": 9,
      "unseen/emergence/blue": run.blue(epoch),
      "unseen/emergence/blue/real": 0.2,
      "unseen/emergence/purple": 0,
      "unseen/emergence/purple/real": 0.001,
      "unseen/emergence/palette_used": 0.125,
      "unseen/emergence/hue_entropy": 1.5,
      "unseen/emergence/hue_entropy/real": 4.25,
      "unseen/emergence/hue_distance": 0.5,
    });
  const picture = async (hue: number, grey: boolean) => {
    const pixels = new Uint8Array(size * size * 3);
    for (let i = 0; i < pixels.length; i++)
      pixels[i] = grey ? 128 + hue : run.noisy ? (i * 2654435761 * (hue + 3)) >>> 24 : 40 * (i % 3) + hue;
    const image = sharp(pixels, { raw: { width: size, height: size, channels: 3 } });
    return image.webp({ lossless: true }).toBuffer();
  };
  for (let epoch = 0; images > 0 && epoch <= epochs; epoch += every)
    for (const set of ["seen", "unseen"] as const)
      for (let index = 0; index < images; index++) {
        const kinds = epoch === 0 ? (["real", "grey", "colorized"] as const) : (["colorized"] as const);
        for (const kind of kinds) {
          const hue = index + (set === "seen" ? 0 : 20) + (kind === "colorized" ? 50 + epoch + tint : 0);
          const bytes = await picture(hue, kind === "grey");
          writer.logImages([{ epoch, set, index, kind, imageId: imageId(index), mime: "image/webp", bytes }]);
        }
      }
  writer.event("info", "checkpoint", "step 40: step-00000040.safetensors");
  writer.finish(run.status ?? "FINISHED", run.error);
}

function sampleExperiment(run: SampleRun): Experiment {
  return {
    name: run.name ?? "sample",
    description: run.description ?? "",
    tags: run.tags ?? [],
    seed: run.seed ?? 1,
    engine: "auto",
    device: "auto",
    precision: "float32",
    deterministic: false,
    model: { kind: run.model ?? "beta" },
    dataset: {
      kind: "folder",
      root: "/photos",
      include: [],
      exclude: [],
      split: null,
      labels: null,
      limit: null,
      holdout: 0.5,
      seed: 1,
      greyscale: "keep",
    },
    image: { size: run.size ?? 16 },
    train: {
      epochs: run.epochs ?? 4,
      batch_size: 8,
      last_batch: "drop",
      accumulate: 1,
      optimizer: {
        name: "adam",
        learning_rate: run.learningRate ?? 0.001,
        beta1: 0.9,
        beta2: 0.999,
        epsilon: 1e-8,
      },
      discriminator_optimizer: null,
      augment: { flip: false, crop: 1, rotate: 0, zoom: 0 },
      schedule: { kind: "constant" },
    },
    samples: {
      every: run.every ?? 2,
      seen: run.images ?? 2,
      unseen: run.images ?? 2,
      each: 2,
      measured: 256,
    },
    checkpoint: { every: 5, keep: 2 },
    log: { tensorboard: null },
    metrics: [],
    evaluate: {},
  };
}
