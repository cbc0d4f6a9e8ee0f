// What a trace holds: plain data, each thing once, composites whole until they are taken apart.

import assert from "node:assert/strict";
import { test } from "node:test";
import "@tensorflow/tfjs-backend-cpu";
import * as tf from "@tensorflow/tfjs-core";
import { composite, compositeNames } from "../../src/composites.ts";
import { specsOf } from "../../src/engine/engine.ts";
import { decomposed } from "../../src/engine/trace/passes.ts";
import { recordFunction, recordStep } from "../../src/engine/trace/record.ts";
import { sumOverParts, type Trace, type TraceNode } from "../../src/engine/trace/trace.ts";
import { meanOverParts } from "../../src/mean-over-parts.ts";
import type { TensorFunction } from "../../src/training-step.ts";
import { ganExample } from "./examples.ts";

await tf.setBackend("cpu");

const vector = { shape: [3], dtype: "float32" as const };
const ops = (nodes: readonly TraceNode[]) => nodes.map(({ op }) => op);
const traced = (call: TensorFunction) => recordFunction(call, {}, { x: vector, y: vector });

test("the same op over the same values is recorded once, and what no output needs not at all", () => {
  const trace = traced(({ x, y }) => {
    tf.exp(x!);
    return { sum: tf.add(tf.mul(x!, y!), tf.mul(x!, y!)) };
  });
  assert.deepEqual(ops(trace.nodes), ["Multiply", "Add"]);
  assert.deepEqual(trace.nodes[1]!.inputs[0], trace.nodes[1]!.inputs[1]);
});

test("one number everywhere is computed while recording; rounded to float32, as an engine would", () => {
  const trace = traced(({ x }) => ({
    third: tf.mul(x!, tf.div(tf.onesLike(x!), 3)),
    same: tf.add(tf.mul(x!, 1), tf.zerosLike(x!)),
  }));
  assert.deepEqual(ops(trace.nodes), ["Multiply"]);
  const factor = trace.values[trace.nodes[0]!.inputs[1]!]!;
  assert.deepEqual(factor, { shape: [3], dtype: "float32", uniform: Math.fround(1 / 3) });
  assert.equal(trace.outputs.outputs!.same, trace.inputs.inputs!.x);
});

test("minus zero and zero are two numbers", () => {
  const trace = traced(({ x }) => ({ up: tf.div(x!, tf.fill([3], 0)), down: tf.div(x!, tf.fill([3], -0)) }));
  assert.equal(trace.nodes.length, 2);
});

test("padding with one infinity is not padding with the other", () => {
  const trace = traced(({ x }) => ({
    low: tf.pad(x!, [[0, 1]], -Infinity),
    high: tf.pad(x!, [[0, 1]], Infinity),
    minus: tf.pad(x!, [[0, 1]], -0),
    zero: tf.pad(x!, [[0, 1]], 0),
  }));
  assert.deepEqual(
    trace.nodes.map(({ attributes }) => attributes.value),
    [-Infinity, Infinity, -0, 0],
  );
});

test("a convolution's strides, padding and dilations are numbers: [top, left, bottom, right]", () => {
  const trace = recordFunction(
    ({ x, filter }) => ({ y: tf.conv2d(x as tf.Tensor4D, filter as tf.Tensor4D, 2, "same") }),
    {},
    { x: { shape: [1, 6, 6, 2], dtype: "float32" }, filter: { shape: [3, 3, 2, 4], dtype: "float32" } },
  );
  assert.deepEqual(trace.nodes[0]!.attributes, { strides: [2, 2], pads: [0, 0, 1, 1], dilations: [1, 1] });
  assert.deepEqual(trace.values[trace.nodes[0]!.outputs[0]!]!.shape, [1, 3, 3, 4]);
});

const twice = composite<{ readonly factor: number }>("TestTwice", ([x], { factor }) => [
  tf.mul(x!, factor),
  tf.add(x!, x!),
]);

test("a composite is one node until it is taken apart, and what it shares with others is then there once", () => {
  const trace = traced(({ x }) => {
    const [scaled, doubled] = twice([x!], { factor: 2 });
    return { scaled: scaled!, other: tf.mul(doubled!, tf.mul(x!, 2)) };
  });
  assert.deepEqual(ops(trace.nodes), ["TestTwice", "Multiply", "Multiply"]);
  assert.deepEqual(ops(decomposed(trace, (op) => op === "TestTwice").nodes), ops(trace.nodes));
  const apart = decomposed(trace);
  assert.deepEqual(ops(apart.nodes), ["Multiply", "Add", "Multiply"]);
  assert.equal(apart.outputs.outputs!.scaled, apart.nodes[0]!.outputs[0]);
});

test("a composite on another backend is what it stands for, gradients left to customGrad", () => {
  const [scaled] = tf.tidy(() => twice([tf.tensor1d([1, 2])], { factor: 3 }));
  assert.deepEqual([...scaled!.dataSync()], [3, 6]);
});

test("parts of a batch are one node that repeats, or one by one where an engine has no loops", () => {
  const call: TensorFunction = ({ x }) =>
    meanOverParts(2, { x: x! }, ({ x }) => ({ mean: tf.mean(tf.square(x!)) }));
  const batch = { x: { shape: [4, 3], dtype: "float32" as const } };
  const looped = recordFunction(call, {}, batch);
  assert.deepEqual(ops(looped.nodes), [sumOverParts, "Multiply"]);
  assert.deepEqual(ops(looped.nodes[0]!.body!.nodes), ["Square", "Mean"]);
  const unrolled = recordFunction(call, {}, batch, { loops: false });
  assert.equal(ops(unrolled.nodes).filter((op) => op === "Mean").length, 2);
});

test("what a traced function may not do is said", () => {
  assert.throws(
    () => traced(({ x }) => ({ y: tf.scalar(x!.dataSync()[0]!) })),
    /read the values of a tensor/,
  );
  let left: tf.Tensor | null = null;
  traced(({ x }) => {
    left = tf.keep(tf.exp(x!));
    return { y: left };
  });
  assert.throws(() => traced(({ x }) => ({ y: tf.add(x!, left!) })), /a tensor from outside reached a trace/);
});

test("a step of pix2pix is plain data whose nodes read only what was made before", () => {
  const { step, initial, specs } = ganExample();
  const trace = recordStep(step, specsOf(initial), specs);
  assert.deepEqual(
    JSON.parse(JSON.stringify(trace.nodes)),
    trace.nodes.map((node) => JSON.parse(JSON.stringify(node))),
  );
  for (const one of [trace, decomposed(trace)]) readInOrder(one);
  const used = new Set(ops(trace.nodes));
  assert.ok(
    ["BatchNorm", "BatchNormGrad", "Update/momentum"].every((op) => used.has(op)),
    [...used].join(" "),
  );
  const apart = ops(decomposed(trace).nodes);
  assert.deepEqual(
    compositeNames().filter((name) => apart.includes(name)),
    [],
  );
});

function readInOrder({ values, nodes, inputs, outputs }: Trace): void {
  const there = new Set([
    ...Object.values(inputs).flatMap((named) => Object.values(named)),
    ...[...values.keys()].filter((id) => values[id]!.uniform !== undefined || values[id]!.data !== undefined),
  ]);
  for (const node of nodes) {
    for (const id of node.inputs) assert.ok(there.has(id), `${node.op} reads ${id} before it is made`);
    for (const id of node.outputs) there.add(id);
  }
  for (const id of Object.values(outputs).flatMap((named) => Object.values(named))) assert.ok(there.has(id));
}
