// Networks that others trained, as a run of their own: it can be measured, colored with and compared, and says of its training
// what is known, which is nothing.

import { createHash } from "node:crypto";
import { createReadStream, statSync } from "node:fs";
import path from "node:path";
import { messageOf, UserError } from "../../errors.ts";
import { completeExperiment } from "../../experiment/complete-experiment.ts";
import type { Experiment } from "../../experiment/experiment.ts";
import type { Store } from "../../store/open-store.ts";
import { type State, sizeOf } from "../../training-step.ts";
import { checkpointFolder, writeCheckpoint } from "../checkpoints.ts";
import { openWeights } from "../safetensors.ts";
import type { WeightFile } from "../weight-files/weight-tensor.ts";
import { createElsewhereRun, type Imported } from "./elsewhere-run.ts";
import { type ImportedDiscriminator, importDiscriminator, importGenerator } from "./import-pix2pix.ts";
import { openPth } from "./read-pth.ts";

export type ImportOptions = {
  readonly generator: string;
  /** null where only the generator is taken over. */
  readonly discriminator: string | null;
  /** null is the file's. */
  readonly name: string | null;
  /** Side of the pictures that it was trained on; null is what its halvings leave one pixel of. */
  readonly size: number | null;
  readonly evaluation: "running" | "batch_stats";
};

export type ImportedRun = {
  readonly id: string;
  readonly experiment: Experiment;
  /** Trained numbers. */
  readonly parameters: number;
};

/** Throws UserError where a file is no such network. */
export async function importPix2pix(store: Store, options: ImportOptions): Promise<ImportedRun> {
  const { size, evaluation } = options;
  const { depth, width, norm, color, state } = await withWeights(options.generator, importGenerator);
  const judge =
    options.discriminator === null
      ? null
      : await withWeights(options.discriminator, (file, weights) =>
          importDiscriminator(file, weights, color),
        );
  if (judge !== null && judge.norm !== norm)
    throw new UserError(
      `${options.discriminator}: expected norm ${norm}, as ${options.generator} has it, got ${judge.norm}`,
    );
  const files = await Promise.all(
    [options.generator, ...(options.discriminator === null ? [] : [options.discriminator])].map(fileOf),
  );
  const model = { kind: "pix2pix", color, width, depth, norm, evaluation, ...discriminatorSettings(judge) };
  const description =
    "Trained elsewhere and imported: how is not known, and settings of training are those that this program takes where none are given.";
  const written = { dataset: "synthetic", model, image: { size: size ?? 2 ** depth }, description };
  const complete = completeExperiment(written, options.generator);
  const experiment: Experiment = {
    ...complete,
    name: options.name ?? path.basename(options.generator).replace(/\.\w+$/, ""),
  };
  return saveRun(store, experiment, { ...state, ...judge?.state }, files);
}

function discriminatorSettings(judge: ImportedDiscriminator | null) {
  return judge === null ? {} : { discriminator: { n_layers: judge.layers, width: judge.width } };
}

async function withWeights<T>(
  file: string,
  work: (file: string, weights: WeightFile) => Promise<T>,
): Promise<T> {
  const weights = await openFile(file);
  try {
    return await work(file, weights);
  } finally {
    weights.close();
  }
}

/** What torch.save writes may be called anything: .pth, .pt, .bin. */
async function openFile(file: string): Promise<WeightFile> {
  const found = statSync(file, { throwIfNoEntry: false });
  if (!found?.isFile())
    throw new UserError(
      `${file}: expected a file of weights, ${found ? "got a folder" : "which does not exist"}`,
    );
  return /\.safetensors$/i.test(file) ? openWeights(file) : openPth(file);
}

async function fileOf(file: string): Promise<Imported> {
  const hash = createHash("sha256");
  for await (const piece of createReadStream(file)) hash.update(piece);
  return { file: path.basename(file), sha256: hash.digest("hex") };
}

function saveRun(store: Store, known: Experiment, state: State, files: readonly Imported[]): ImportedRun {
  const parameters = Object.entries(state)
    .filter(([name]) => !/\/(mean|variance)$/.test(name))
    .reduce((sum, [, { shape }]) => sum + sizeOf(shape), 0);
  const { run, experiment } = createElsewhereRun(store, known, files[0]!, parameters);
  try {
    for (const { file, sha256 } of files)
      run.event("info", "import", `${file}, SHA-256 ${sha256}, as pix2pix of pytorch-CycleGAN-and-pix2pix`);
    writeCheckpoint(checkpointFolder(store.folder, run.id), { step: 0, epoch: 0, state }, 1);
    run.finish("FINISHED");
  } catch (error) {
    run.finish("FAILED", messageOf(error));
    throw error;
  }
  return { id: run.id, experiment, parameters };
}
