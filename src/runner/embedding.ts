// What gamma is told about each picture: finds the classifier that the experiment names and, unless it is trained
// along, asks it once about every image before training begins. The answers are kept beside the prepared images.

import { createHash } from "node:crypto";
import { readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import type { Tensor4D } from "@tensorflow/tfjs-core";
import { rgbToLumaChroma } from "../color/ops.ts";
import type { PreparedDataset } from "../datasets/prepare.ts";
import { type Engine, specsOf } from "../engine/engine.ts";
import { UserError } from "../errors.ts";
import type { EmbeddingConfig, Experiment, GammaConfig } from "../experiment/experiment.ts";
import { trainedEmbedding } from "../models/embedding-networks.ts";
import type { Embedding, EmbeddingNetwork } from "../models/model.ts";
import type { Output } from "../output.ts";
import type { Store } from "../store/open-store.ts";
import type { State } from "../training-step.ts";
import { checkpointFiles, checkpointFolder, readCheckpoint } from "./checkpoints.ts";

export type OpenedEmbedding = {
  readonly embedding: Embedding;
  /** A row of each image of the data set; null where the classifier is trained along. */
  readonly vectors: { readonly size: number; readonly values: Float32Array } | null;
  /** Such as "run k3v9x2mp, step 480, classes of 40". */
  readonly description: string;
  /** SHA-256 over the classifier and what is read from it. */
  readonly fingerprint: string;
};

export type EmbeddingContext = {
  readonly runsFolder: string;
  readonly store: Store;
  readonly engine: Engine;
  readonly dataset: PreparedDataset;
  readonly output: Output;
  readonly signal: AbortSignal;
};

/** Answers for one batch of pictures. */
type Asker = {
  readonly size: number;
  readonly description: string;
  readonly fingerprint: string;
  /** null where the classifier cannot be trained along. */
  readonly network: EmbeddingNetwork | null;
  ask(rgb: Uint8Array): Promise<Float32Array>;
  close(): Promise<void>;
};

const batchSize = 32;

/** `run: latest` as the id that it means now, so that the run is told by it for good. */
export function resolveClassifierRun(experiment: Experiment, store: Store): Experiment {
  const { model } = experiment;
  if (model.kind !== "gamma" || model.classifier.kind !== "trained") return experiment;
  const { run: ref } = model.classifier;
  const runs = store.listRuns().filter((run) => run.experiment.model.kind === "classifier");
  const newest = runs[0];
  if (newest === undefined) {
    throw new UserError(
      `model.classifier.run: no run of the model kind classifier in ${store.folder}; train one first, such as \`hueristic run experiments/celeba-classifier.yaml\``,
    );
  }
  const run = ref === "latest" ? newest : store.getRun(ref);
  if (run.experiment.model.kind !== "classifier") {
    const known = runs.map(({ id, name }) => `${id} ${JSON.stringify(name)}`);
    throw new UserError(
      `model.classifier.run: expected a run of the model kind classifier, got ${run.id}, which is ${run.experiment.model.kind} (known: ${known.slice(0, 5).join(", ")})`,
    );
  }
  return { ...experiment, model: { ...model, classifier: { ...model.classifier, run: run.id } } };
}

export async function openEmbedding(model: GammaConfig, context: EmbeddingContext): Promise<OpenedEmbedding> {
  const asker = await openAsker(model.classifier, context);
  try {
    const { size, description, fingerprint, network } = asker;
    if (model.fineTune) {
      if (network === null) throw new UserError(`model.fine_tune: expected false for ${description}`);
      return { embedding: { size, trained: network }, vectors: null, description, fingerprint };
    }
    const values = await allVectors(asker, context);
    return { embedding: { size, trained: null }, vectors: { size, values }, description, fingerprint };
  } finally {
    await asker.close();
  }
}

async function openAsker(config: EmbeddingConfig, context: EmbeddingContext): Promise<Asker> {
  if (config.kind === "trained") return openTrained(config.run, config.output, context);
  throw new UserError("not yet");
}

async function openTrained(
  ref: string,
  output: EmbeddingConfig["output"],
  context: EmbeddingContext,
): Promise<Asker> {
  const { store, runsFolder } = context;
  const run = store.getRun(ref);
  const { model, image } = run.experiment;
  if (model.kind !== "classifier") throw new Error(`run ${run.id} is no classifier`);
  const newest = checkpointFiles(checkpointFolder(runsFolder, run.id)).at(-1);
  if (newest === undefined) {
    throw new UserError(
      `model.classifier.run: run ${run.id} has no checkpoint yet; go on with it: hueristic run --resume ${run.id}`,
    );
  }
  const { state, step } = readCheckpoint(newest);
  const labels = state["labels/bias"]?.shape[0];
  if (labels === undefined) throw new UserError(`${newest}: expected the weights of a classifier`);
  const network = trainedEmbedding({ imageSize: image.size, width: model.width, labels }, state, output);
  const description = `run ${run.id}, step ${step}, ${output} of ${network.size}`;
  return askNetwork(network, network.size, { description, output }, context);
}

async function askNetwork(
  network: EmbeddingNetwork,
  size: number,
  { description, output }: { readonly description: string; readonly output: string },
  { engine, dataset }: EmbeddingContext,
): Promise<Asker> {
  const specs = specsOf(network.weights);
  const compiled = await engine.compile(
    (inputs) => {
      const { luma } = rgbToLumaChroma(inputs.rgb as Tensor4D);
      return { vector: network.embed(inputs, luma) };
    },
    specs,
    { rgb: { shape: [batchSize, dataset.size, dataset.size, 3], dtype: "uint8" } },
  );
  const state = engine.importState(network.weights);
  return {
    size,
    description,
    fingerprint: fingerprintOf(network.weights, output),
    network,
    ask: async (rgb) => (await compiled.run(state, { rgb })).vector!,
    close: async () => {
      engine.release(state);
      await compiled.close();
    },
  };
}

function fingerprintOf(weights: State, output: string): string {
  const hash = createHash("sha256").update(output);
  for (const [name, { data }] of Object.entries(weights)) {
    hash.update(`\n${name}\n`).update(new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
  }
  return hash.digest("hex");
}

/** From the file where they were kept, or asked for and then kept. */
async function allVectors(asker: Asker, context: EmbeddingContext): Promise<Float32Array> {
  const { dataset, runsFolder, output, signal } = context;
  const { size, fingerprint } = asker;
  const count = dataset.ids.length;
  const key = createHash("sha256").update(`${dataset.fingerprint} ${fingerprint}`).digest("hex").slice(0, 32);
  const file = path.join(runsFolder, "cache", `embedding-${key}.f32`);
  const kept = readKept(file, count * size);
  if (kept) return kept;

  const values = new Float32Array(count * size);
  const rgb = new Uint8Array(batchSize * dataset.size * dataset.size * 3);
  const progress = output.progress(count);
  try {
    for (let start = 0; start < count; start += batchSize) {
      signal.throwIfAborted();
      const length = Math.min(batchSize, count - start);
      dataset.read(
        Uint32Array.from({ length }, (_, place) => start + place),
        rgb,
      );
      const answers = await asker.ask(rgb);
      values.set(answers.subarray(0, length * size), start * size);
      progress.update(start + length, "images classified");
      await new Promise(setImmediate);
    }
  } finally {
    progress.stop();
  }
  keep(file, values);
  return values;
}

function readKept(file: string, length: number): Float32Array | null {
  try {
    const bytes = readFileSync(file);
    if (bytes.byteLength !== length * 4) return null;
    return new Float32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength));
  } catch {
    return null;
  }
}

/** Only saves time: a disk that is full or not writable is no reason not to train. */
function keep(file: string, values: Float32Array): void {
  const temporary = `${file}.${process.pid}.tmp`;
  try {
    writeFileSync(temporary, values);
    renameSync(temporary, file);
  } catch {
    rmSync(temporary, { force: true });
  }
}
