// ONNX files of every supported layout give the same answers; every other file is refused in a line.

import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import path from "node:path";
import { type TestContext, test } from "node:test";
import { GraphBuilder, type Value } from "../../src/engine/onnx/graph-builder.ts";
import { elementTypes, encodeModel, type OnnxType } from "../../src/engine/onnx/model-proto.ts";
import { UserError } from "../../src/errors.ts";
import { openFeatureExtractor } from "../../src/onnx-files/feature-extractor.ts";
import { assertAllClose } from "../allclose.ts";
import { hash } from "../golden/formulas.ts";
import { temporaryFolder } from "../temporary-folder.ts";

const side = 6;
const outputs = 5;
const kernel = Float32Array.from({ length: outputs * 3 }, (_, i) => hash(i) - 0.5);
const picturesOf = (count: number) =>
  Float32Array.from({ length: count * side * side * 3 }, (_, i) => 2 * hash(i + 100) - 1);

/** Of each picture's mean color: a convolution of 1x1 and a mean, as the files below compute them. */
function expectedOf(pictures: Float32Array, count: number): number[] {
  return Array.from({ length: count * outputs }, (_, place) => {
    const [picture, output] = [Math.floor(place / outputs), place % outputs];
    let sum = 0;
    for (let i = 0; i < side * side * 3; i++) {
      sum += kernel[output * 3 + (i % 3)]! * pictures[picture * side * side * 3 + i]!;
    }
    return sum / side / side;
  });
}

type FileOptions = {
  readonly shape: readonly (number | string)[];
  readonly type?: OnnxType;
  readonly second?: boolean;
  readonly output?: "mean" | "place";
};

function writeModel(context: TestContext, { shape, type = "float32", second, output = "mean" }: FileOptions) {
  const graph = new GraphBuilder();
  let x: Value = graph.input("pictures", type, shape);
  const other = second ? graph.input("mask", "float32", [1]) : null;
  if (type !== "float32") x = graph.node("Cast", [x], [], { to: elementTypes.float32 }, { type: "float32" });
  if (shape[3] === 3) x = graph.node("Transpose", [x], [], { perm: [0, 3, 1, 2] });
  const mixed = graph.node("Conv", [x, graph.constant(kernel, [outputs, 3, 1, 1])], []);
  let value = graph.node("GlobalAveragePool", [mixed], []);
  if (other) value = graph.node("Add", [value, other], []);
  const rows = [shape[0]!, outputs, 1, 1];
  if (output === "place") value = graph.node("ArgMax", [value], [], { axis: 1 }, { type: "int64" });
  const made = { name: "answer", type: value.type, shape: output === "place" ? [shape[0]!, 1, 1, 1] : rows };
  const file = path.join(temporaryFolder(context), "classifier.onnx");
  writeFileSync(file, encodeModel(graph.build("classifier", [{ ...made, value }])));
  return file;
}

for (const [name, shape] of [
  ["channels first", ["N", 3, side, side]],
  ["channels last", ["N", side, side, 3]],
  ["a fixed batch of 1", [1, 3, side, side]],
  ["a fixed batch of 2", [2, side, side, 3]],
  ["an open height and width", ["N", 3, "H", "W"]],
  ["one open side", ["N", "H", side, 3]],
] as const) {
  test(`a file with ${name}`, async (context) => {
    const file = writeModel(context, { shape });
    const classifier = await openFeatureExtractor(file, { threads: 1, defaultInputSize: side });
    assert.equal(classifier.inputSize, side);
    assert.equal(classifier.size, outputs);
    const pictures = picturesOf(3);
    const answers = await classifier.embed(pictures, 3);
    assertAllClose(answers, expectedOf(pictures, 3), { relative: 1e-5 });
    await assert.rejects(classifier.embed(pictures, 2), /expected 216 numbers of pictures, got 324/);
    await classifier.close();
  });
}

for (const [name, options, message] of [
  [
    "several inputs",
    { shape: ["N", 3, side, side], second: true },
    /expected a classifier with one input, got 2 \(pictures, mask\)/,
  ],
  [
    "pictures of one channel",
    { shape: ["N", 1, side, side] },
    /expected an input of pictures, \[N, 3, S, S\] or \[N, S, S, 3\], got pictures \[N, 1, 6, 6\]/,
  ],
  [
    "bytes",
    { shape: ["N", 3, side, side], type: "uint8" },
    /expected an input of float32, got pictures of uint8; export/,
  ],
  ["oblong pictures", { shape: ["N", 3, side, 8] }, /expected square pictures, got pictures of 6x8/],
  [
    "whole numbers as output",
    { shape: ["N", 3, side, side], output: "place" },
    /expected a first output of float32 with one row a picture, got int64 \[2, 1, 1, 1\] for 2/,
  ],
] as const) {
  test(`a file with ${name} is refused`, async (context) => {
    await refuses(writeModel(context, options), message);
  });
}

test("a file that is not ONNX, does not exist, or does not run is refused", async (context) => {
  const file = path.join(temporaryFolder(context), "classifier.onnx");
  await refuses(file, /classifier\.onnx: no such file$/);
  writeFileSync(file, "not a graph");
  await refuses(file, /classifier\.onnx: not an ONNX file that ONNX Runtime can run: /);
  const write = (shape: readonly (number | string)[], become: readonly number[]) => {
    const graph = new GraphBuilder();
    const x = graph.input("pictures", "float32", shape);
    const value = graph.node("Reshape", [x, graph.int64(...become)], []);
    const output = { name: "answer", type: "float32" as const, shape: become, value };
    writeFileSync(file, encodeModel(graph.build("classifier", [output])));
  };
  write(["N", 3, side, side], [1, 7]);
  await refuses(file, /classifier\.onnx: does not run on 2 pictures: /);
  write(["N", 3], [1, 3]);
  await refuses(file, /expected an input of pictures, .* got pictures \[N, 3\]/);
});

async function refuses(file: string, message: RegExp): Promise<void> {
  await assert.rejects(openFeatureExtractor(file, { threads: 1 }), (error) => {
    assert.ok(error instanceof UserError, String(error));
    assert.match(error.message, message);
    assert.ok(!error.message.includes("\n"), "one line");
    return true;
  });
}
