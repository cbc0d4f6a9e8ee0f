// Weights come back from every kind of file that docs/classifiers.md makes, and every other file is refused in a line.

import assert from "node:assert/strict";
import { closeSync, mkdirSync, openSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { type TestContext, test } from "node:test";
import { UserError } from "../../src/errors.ts";
import { inceptionResnetV2 } from "../../src/models/pretrained/inception-resnet-v2.ts";
import { mobilenetV2 } from "../../src/models/pretrained/mobilenet-v2.ts";
import { writeTensors } from "../../src/runner/safetensors.ts";
import { readPretrainedWeights } from "../../src/runner/weight-files/pretrained-weights.ts";
import type { State, StateTensor } from "../../src/training-step.ts";
import { assertAllClose } from "../allclose.ts";
import { goldenClassifierWeights } from "../golden/classifier-weights.ts";
import { temporaryFolder } from "../temporary-folder.ts";

const weights = goldenClassifierWeights(mobilenetV2);

function without(state: State, part: string): State {
  return Object.fromEntries(Object.entries(state).filter(([name]) => !name.includes(part)));
}

function renamed(state: State, rename: (name: string) => string): State {
  return Object.fromEntries(Object.entries(state).map(([name, tensor]) => [rename(name), tensor]));
}

function writeSafetensors(file: string, tensors: State): string {
  const open = openSync(file, "w");
  writeTensors(open, { tensors, metadata: {} });
  closeSync(open);
  return file;
}

type Stored = "float32" | "float16" | "uint8" | "uint16";

/** A layers model as tensorflowjs_converter writes it: one group, in shards that end in the middle of tensors. */
function writeLayersModel(folder: string, tensors: State, stored: Stored = "float32", shards = 3): string {
  mkdirSync(folder, { recursive: true });
  const parts: Uint8Array[] = [];
  const manifest = Object.entries(tensors).map(([name, { shape, data }]) => {
    const { bytes, quantization } = storedAs(data, stored);
    parts.push(bytes);
    return { name, shape, dtype: "float32", ...(quantization && { quantization }) };
  });
  const bytes = Buffer.concat(parts);
  const length = Math.ceil(bytes.length / shards);
  const paths = Array.from({ length: shards }, (_, index) => `group1-shard${index + 1}of${shards}.bin`);
  for (const [index, name] of paths.entries()) {
    writeFileSync(path.join(folder, name), bytes.subarray(index * length, (index + 1) * length));
  }
  const file = path.join(folder, "model.json");
  const model = {
    format: "layers-model",
    modelTopology: {},
    weightsManifest: [{ paths, weights: manifest }],
  };
  writeFileSync(file, JSON.stringify(model));
  return file;
}

function storedAs(data: Float32Array, stored: Stored) {
  const bytesOf = (array: ArrayBufferView) =>
    new Uint8Array(array.buffer, array.byteOffset, array.byteLength);
  if (stored === "float32") return { bytes: bytesOf(data), quantization: null };
  if (stored === "float16") {
    return { bytes: bytesOf(Uint16Array.from(data, halfOf)), quantization: { dtype: stored } };
  }
  const most = stored === "uint8" ? 255 : 65535;
  const min = data.reduce((a, b) => Math.min(a, b));
  const scale = (data.reduce((a, b) => Math.max(a, b)) - min) / most || 1;
  const whole = data.map((value) => Math.round((value - min) / scale));
  const array = stored === "uint8" ? Uint8Array.from(whole) : Uint16Array.from(whole);
  return { bytes: bytesOf(array), quantization: { dtype: stored, scale, min } };
}

/** Of numbers that a half can hold; the rest is cut off. */
function halfOf(value: number): number {
  if (value === 0) return 0;
  const sign = value < 0 ? 0x8000 : 0;
  const exponent = Math.max(-14, Math.floor(Math.log2(Math.abs(value))));
  const fraction = Math.floor((Math.abs(value) / 2 ** exponent) * 1024);
  return sign | ((exponent + 14) * 1024 + fraction);
}

function assertSameState(actual: State, expected: State): void {
  assert.deepEqual(Object.keys(actual).sort(), Object.keys(expected).sort());
  for (const [name, { shape, data }] of Object.entries(expected)) {
    assert.deepEqual(actual[name]!.shape, shape, name);
    assert.ok(Buffer.from(actual[name]!.data.buffer).equals(Buffer.from(data.buffer)), name);
  }
}

function refuses(read: () => unknown, message: RegExp): void {
  assert.throws(read, (error) => {
    assert.ok(error instanceof UserError, String(error));
    assert.match(error.message, message);
    assert.ok(!error.message.includes("\n"), "one line");
    return true;
  });
}

const inFolder = (context: TestContext, name: string) => path.join(temporaryFolder(context), name);

test("a safetensors file with Keras's names", (context) => {
  const file = writeSafetensors(inFolder(context, "mobilenet.safetensors"), weights);
  assertSameState(readPretrainedWeights(file, mobilenetV2, "classes"), weights);
  assertSameState(readPretrainedWeights(file, mobilenetV2, "features"), without(weights, "predictions/"));
});

test("names of other versions of Keras", (context) => {
  const rename = (name: string) =>
    `mobilenetv2_1.00_224/${name.replace("depthwise/kernel", "depthwise/depthwise_kernel")}:0`;
  const file = writeSafetensors(inFolder(context, "mobilenet.safetensors"), renamed(weights, rename));
  assertSameState(readPretrainedWeights(file, mobilenetV2, "classes"), weights);
});

test("numbered layers of a network that was not the first of its session", (context) => {
  const tiny: Record<string, StateTensor> = {};
  for (const name of Object.keys(inceptionResnetV2.weights)) tiny[name] = one(name.length);
  for (let n = 0; n < 203; n++) tiny[n === 0 ? "conv2d/kernel" : `conv2d_${n}/kernel`] = one(n);
  const network = { ...inceptionResnetV2, weights: Object.fromEntries(Object.keys(tiny).map(specOfOne)) };
  const later = renamed(tiny, (name) =>
    name.replace(
      /^(conv2d|batch_normalization)(?:_(\d+))?\//,
      (_, kind, number = 0) => `${kind}_${+number + 57}/`,
    ),
  );
  const file = writeSafetensors(inFolder(context, "inception.safetensors"), later);
  assertSameState(readPretrainedWeights(file, network, "classes"), tiny);
});

const one = (value: number): StateTensor => ({ shape: [1], data: Float32Array.of(value) });
const specOfOne = (name: string) => [name, { shape: [1], dtype: "float32" as const }] as const;

test("a layers model of TensorFlow.js", (context) => {
  const folder = temporaryFolder(context);
  const nested = renamed(weights, (name) => `mobilenetv2_1.00_224/${name}`);
  const file = writeLayersModel(folder, nested);
  assertSameState(readPretrainedWeights(file, mobilenetV2, "classes"), weights);
});

for (const [stored, relative] of [
  ["uint8", 1 / 255],
  ["uint16", 1 / 65535],
  ["float16", 1 / 1024],
] as const) {
  test(`a layers model with ${stored} weights`, (context) => {
    const file = writeLayersModel(temporaryFolder(context), weights, stored);
    const state = readPretrainedWeights(file, mobilenetV2, "features");
    for (const name of ["Conv1/kernel", "bn_Conv1/moving_variance", "block_16_project/kernel"]) {
      assertAllClose(state[name]!.data, weights[name]!.data, { relative, scale: 2 }, name);
    }
  });
}

test("weights without a top give features and no classes", (context) => {
  const file = writeSafetensors(inFolder(context, "notop.safetensors"), without(weights, "predictions/"));
  assert.equal(Object.keys(readPretrainedWeights(file, mobilenetV2, "features")).length, 260);
  refuses(
    () => readPretrainedWeights(file, mobilenetV2, "classes"),
    /notop\.safetensors: has no predictions\/\w+: weights without a top .* ask for output: features/,
  );
});

test("a file that is not there, a folder, and other kinds of files", (context) => {
  const folder = temporaryFolder(context);
  const read = (file: string) => () => readPretrainedWeights(file, mobilenetV2, "classes");
  refuses(read(path.join(folder, "none.safetensors")), /none\.safetensors: no such file$/);
  refuses(read(folder), /expected a file, got a folder$/);
  writeLayersModel(folder, { x: one(1) }, "float32", 1);
  refuses(read(folder), /expected a file, got a folder; did you mean .*model\.json\?$/);
  const h5 = path.join(folder, "weights.h5");
  writeFileSync(h5, "x");
  refuses(read(h5), /weights\.h5: expected a \.safetensors file or the model\.json .* docs\/classifiers\.md/);
  const text = path.join(folder, "text.safetensors");
  writeFileSync(text, "no tensors at all");
  refuses(read(text), /text\.safetensors: not a whole safetensors file/);
});

test("weights of another network", (context) => {
  const file = inFolder(context, "weights.safetensors");
  const read = () => readPretrainedWeights(file, mobilenetV2, "features");
  writeSafetensors(file, { "features.0.0.weight": one(1) });
  refuses(
    read,
    /expected the weights of MobileNetV2 .* such as Conv1\/kernel, got tensors such as features\.0/,
  );
  writeSafetensors(file, { "conv2d/kernel": one(1), "predictions/bias": one(1) });
  refuses(
    () => readPretrainedWeights(file, mobilenetV2, "classes"),
    /expected the weights of MobileNetV2 .* such as Conv1\/kernel, got tensors such as conv2d\/kernel;/,
  );
  writeSafetensors(file, {});
  refuses(read, /got no tensors/);
  writeSafetensors(file, without(weights, "block_3_"));
  refuses(read, /15 of 260 tensors of MobileNetV2 .* are missing, such as block_3_expand\/kernel/);
  const narrow = { shape: [3, 3, 3, 16], data: new Float32Array(432) };
  writeSafetensors(file, { ...weights, "Conv1/kernel": narrow });
  refuses(
    read,
    /Conv1\/kernel: expected shape \[3, 3, 3, 32\] of MobileNetV2 .*, got \[3, 3, 3, 16\]; these are/,
  );
  writeSafetensors(file, { ...weights, "other/Conv1/kernel": narrow });
  refuses(read, /two tensors are called Conv1\/kernel/);
});

test("layers models that are not whole or something else", (context) => {
  const folder = temporaryFolder(context);
  const file = writeLayersModel(folder, weights);
  const read = () => readPretrainedWeights(file, mobilenetV2, "classes");
  const shard = path.join(folder, "group1-shard3of3.bin");
  const bytes = readFileSync(shard);
  writeFileSync(shard, bytes.subarray(0, bytes.length - 5));
  refuses(
    read,
    /group1-shard3of3\.bin: cut off: model\.json expects predictions\/kernel up to byte \d+, got \d+/,
  );

  const model = JSON.parse(readFileSync(file, "utf8"));
  const write = (value: unknown) => writeFileSync(file, JSON.stringify(value));
  const withPaths = (paths: readonly string[]) => ({
    ...model,
    weightsManifest: [{ ...model.weightsManifest[0], paths }],
  });
  write(withPaths(["gone.bin"]));
  refuses(read, /gone\.bin: no such file; model\.json needs all its shards/);
  write({ ...model, format: "graph-model" });
  refuses(read, /model\.json: a graph model, .* tensorflowjs_converter --output_format=tfjs_layers_model/);
  write({ modelTopology: { node: [] }, weightsManifest: [] });
  refuses(read, /a graph model/);
  write({ anything: 1 });
  refuses(read, /got JSON without a weightsManifest/);
  write(null);
  refuses(read, /got JSON without a weightsManifest/);
  writeFileSync(file, "{");
  refuses(read, /model\.json: not JSON/);
});

test("layers models with numbers of an unknown kind", (context) => {
  const folder = temporaryFolder(context);
  const file = path.join(folder, "model.json");
  const read = () => readPretrainedWeights(file, mobilenetV2, "classes");
  writeFileSync(path.join(folder, "a.bin"), new Uint8Array(8));
  const write = (weight: object) =>
    writeFileSync(
      file,
      JSON.stringify({ weightsManifest: [{ paths: ["a.bin"], weights: [{ shape: [1], ...weight }] }] }),
    );
  write({ name: "Conv1/kernel", dtype: "string" });
  refuses(read, /Conv1\/kernel is stored as string, expected float32, float16, uint8 or uint16/);
  write({ name: "Conv1/kernel", dtype: "float32", quantization: { dtype: "uint8" } });
  refuses(read, /Conv1\/kernel is quantized as uint8 without scale and min/);
});
