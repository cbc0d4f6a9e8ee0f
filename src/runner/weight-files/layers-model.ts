// Reads the weights of a TensorFlow.js layers model: a model.json whose manifest says how tensors lie in the shards
// beside it. tf.io.decodeWeights makes tensors on a backend, which a traced engine does not have.

import { readFileSync } from "node:fs";
import path from "node:path";
import { messageOf, UserError } from "../../errors.ts";
import { type State, type StateTensor, sizeOf } from "../../training-step.ts";
import { bytesOfElement, dequantize, type Quantization } from "./dequantize.ts";

type ManifestWeight = {
  readonly name: string;
  readonly shape: readonly number[];
  readonly dtype: string;
  readonly quantization?: Quantization;
};

type ManifestGroup = { readonly paths: readonly string[]; readonly weights: readonly ManifestWeight[] };

type ModelFile = {
  readonly format?: unknown;
  readonly modelTopology?: { readonly node?: unknown } | null;
  readonly weightsManifest?: unknown;
};

/** Its float tensors by name; others are left out. Throws UserError. */
export function readLayersModel(file: string): State {
  const tensors: Record<string, StateTensor> = {};
  for (const { paths, weights } of manifestOf(file)) {
    const bytes = Buffer.concat(paths.map((shard) => readShard(file, shard)));
    let offset = 0;
    for (const { name, shape, dtype, quantization } of weights) {
      const stored = quantization?.dtype ?? dtype;
      const size = bytesOfElement[stored as keyof typeof bytesOfElement];
      if (size === undefined) {
        throw new UserError(
          `${file}: ${name} is stored as ${stored}, expected float32, float16, uint8 or uint16`,
        );
      }
      const end = offset + size * sizeOf(shape);
      if (end > bytes.length) {
        throw new UserError(
          `${path.join(path.dirname(file), paths.at(-1) ?? "")}: cut off: ${path.basename(file)} expects ${name} up to byte ${end}, got ${bytes.length} bytes; copy the shards again`,
        );
      }
      if (dtype === "float32") {
        const data = dequantize(bytes.subarray(offset, end), stored, quantization, `${file}: ${name}`);
        tensors[name] = { shape, data };
      }
      offset = end;
    }
  }
  return tensors;
}

function manifestOf(file: string): readonly ManifestGroup[] {
  let model: ModelFile | null;
  try {
    model = JSON.parse(readFileSync(file, "utf8"));
  } catch (error) {
    throw new UserError(`${file}: not JSON: ${messageOf(error)}`);
  }
  if (model?.format === "graph-model" || model?.modelTopology?.node !== undefined) {
    throw new UserError(
      `${file}: a graph model, which has lost the names of its layers; convert the Keras model with tensorflowjs_converter --output_format=tfjs_layers_model (docs/classifiers.md)`,
    );
  }
  const manifest = model?.weightsManifest;
  if (!isManifest(manifest)) {
    throw new UserError(
      `${file}: expected the model.json of a TensorFlow.js layers model, got JSON without a weightsManifest`,
    );
  }
  return manifest;
}

function isManifest(value: unknown): value is readonly ManifestGroup[] {
  const isWeight = (weight: Partial<ManifestWeight> | null) =>
    typeof weight?.name === "string" && typeof weight.dtype === "string" && Array.isArray(weight.shape);
  return (
    Array.isArray(value) &&
    value.every(
      (group: Partial<ManifestGroup> | null) =>
        Array.isArray(group?.paths) && Array.isArray(group.weights) && group.weights.every(isWeight),
    )
  );
}

function readShard(file: string, shard: string): Buffer {
  const shardFile = path.join(path.dirname(file), shard);
  try {
    return readFileSync(shardFile);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
    throw new UserError(
      `${shardFile}: no such file; ${path.basename(file)} needs all its shards in its own folder`,
    );
  }
}
