// The torch engine must train as the traced one does, whatever it keeps whole, captures or changes in place.

import assert from "node:assert/strict";
import { test } from "node:test";
import * as tf from "@tensorflow/tfjs-core";
import { compositeNames } from "../../src/composites.ts";
import { type Engine, specsOf } from "../../src/engine/engine.ts";
import { recordStep } from "../../src/engine/trace/record.ts";
import { createOptimizer } from "../../src/models/optimizers/create-optimizer.ts";
import type { OptimizerConfig } from "../../src/models/optimizers/optimizers.ts";
import type { State, Tensors } from "../../src/training-step.ts";
import { assertAllClose } from "../allclose.ts";
import { resolve } from "../experiment/fixtures.ts";
import { buildNetwork, optimizerOf } from "../models/networks-for-tests.ts";
import { betaExample, type Example, ganExample, randomInputs, train } from "./examples.ts";
import { onnx, torchEngine, withoutTorch } from "./torch-for-tests.ts";

const skip = withoutTorch;
// Which tensors are left behind is asked of a backend that counts them.
void tf.setBackend("cpu");
const none = null as unknown as Engine;
const torch = skip ? none : await torchEngine();
const decomposing = skip ? none : await torchEngine({ decomposes: true });

function assertSameLosses(got: Awaited<ReturnType<typeof train>>, expected: typeof got, relative: number) {
  assert.deepEqual(Object.keys(got.losses), Object.keys(expected.losses));
  for (const [name, numbers] of Object.entries(expected.losses)) {
    assertAllClose(got.losses[name]!, numbers, { relative }, name);
  }
}

const optimizers: readonly OptimizerConfig["name"][] = [
  ...(["sgd", "momentum", "rmsprop", "adagrad", "adadelta", "adam", "adamax", "adamw"] as const),
];

/** A kernel, a bias and a gradient that is zero everywhere. */
function descent(name: OptimizerConfig["name"]): Example {
  const optimizer = createOptimizer(optimizerOf({ name, learning_rate: 0.05 }));
  const numbers = (shape: readonly number[], of: (at: number) => number) => ({
    shape,
    data: Float32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, (_, at) => of(at)),
  });
  const weights: State = {
    kernel: numbers([3, 3, 2, 4], Math.sin),
    bias: numbers([4], Math.cos),
    idle: numbers([2], () => 1),
  };
  return {
    initial: { ...weights, ...optimizer.init(weights) },
    specs: {
      batch: { kernel: { shape: [3, 3, 2, 4], dtype: "float32" }, bias: { shape: [4], dtype: "float32" } },
      noise: {},
      hyper: optimizer.hyperNames,
    },
    hyper: (t) => optimizer.hyper(t, 0.05),
    step: (state, batch, _noise, hyper) => ({
      state: optimizer.update(state, { ...batch, idle: tf.zeros([2]) }, hyper),
      losses: { size: tf.sum(tf.square(batch.kernel!)) },
    }),
  };
}

function assertSameState(got: State, expected: State, relative: number, scale?: number) {
  for (const [name, { data }] of Object.entries(expected))
    assertAllClose(got[name]!.data, data, { relative, ...(scale !== undefined && { scale }) }, name);
}

for (const name of optimizers) {
  test(`${name}: as a kernel and as what it stands for`, { skip }, async () => {
    const [whole, apart, traced] = [
      await train(torch, descent(name), 4),
      await train(decomposing, descent(name), 4),
      await train(onnx, descent(name), 4),
    ];
    assertSameState(whole.state, traced.state, 2e-6);
    assertSameState(apart.state, traced.state, 2e-6);
  });
}

test("composites: as kernels and as what they stand for", { skip }, async () => {
  const examples = [ganExample(), ganExample({ norm: "instance" }), betaExample(8, 2)];
  const met = new Set<string>();
  for (const example of [...examples, ...optimizers.map(descent)]) {
    const trace = recordStep(example.step, specsOf(example.initial), example.specs);
    for (const { op, body } of trace.nodes) if (body) met.add(op);
  }
  assert.deepEqual([...met].sort(), [...compositeNames()].sort(), "every composite is met");
  for (const example of examples) {
    const [whole, apart] = [await train(torch, example, 1), await train(decomposing, example, 1)];
    assertSameLosses(whole, apart, 2e-5);
    // A bias in front of a normalization has a gradient of pure rounding errors.
    assertSameState(whole.state, apart.state, 1e-3, 1e-2);
  }
});

/** A step of its own over two tensors of one shape. */
function small(
  step: (state: Tensors, hyper: Tensors) => Tensors,
  losses: (state: Tensors) => Tensors,
): Example {
  const optimizer = createOptimizer(optimizerOf({ name: "adam", learning_rate: 0.1 }));
  const tensor = (first: number) => ({
    shape: [2, 3],
    data: Float32Array.from([0, 1, 2, 3, 4, 5], (x) => x + first),
  });
  const weights: State = { a: tensor(1), b: tensor(-2) };
  return {
    initial: { ...weights, ...optimizer.init(weights) },
    specs: { batch: {}, noise: {}, hyper: optimizer.hyperNames },
    hyper: (t) => optimizer.hyper(t, 0.1),
    step: (state, _batch, _noise, hyper) => {
      const own = (next: Tensors) => ({ ...state, ...next });
      return { state: own(step(state, hyper)), losses: losses(state) };
    },
  };
}

const adam = createOptimizer(optimizerOf({ name: "adam", learning_rate: 0.1 }));
const readLate: Readonly<Record<string, Example>> = {
  "an old value is read behind its update": small(
    (state, hyper) => {
      const next = adam.update(state, { a: tf.ones([2, 3]), b: tf.onesLike(state.b!) }, hyper);
      return { ...next, b: tf.add(next.b!, tf.mul(state.a!, next.a!)) };
    },
    (state) => ({ late: tf.sum(tf.square(state.a!)) as tf.Scalar }),
  ),
  "a view of an old value is read behind its update": small(
    (state, hyper) => {
      const view = tf.reshape(tf.transpose(state.a!), [6]);
      const next = adam.update(state, { a: tf.sin(state.a!), b: tf.ones([2, 3]) }, hyper);
      return { ...next, b: tf.add(next.b!, tf.reshape(tf.mul(view, tf.reshape(next.a!, [6])), [2, 3])) };
    },
    (state) => ({ late: tf.sum(tf.mul(state.a!, state.b!)) as tf.Scalar }),
  ),
  "two tensors change places": small(
    ({ a, b }) => ({ a: b!, b: a! }),
    ({ a }) => ({ first: tf.sum(a!) as tf.Scalar }),
  ),
  "an update of an update": small(
    (state, hyper) => {
      const once = adam.update(state, { a: tf.sin(state.a!) }, hyper);
      return {
        ...once,
        ...adam.update({ ...state, ...once }, { a: tf.cos(once.a!), b: tf.add(once.a!, state.a!) }, hyper),
      };
    },
    ({ a }) => ({ first: tf.sum(a!) as tf.Scalar }),
  ),
};

for (const [name, example] of Object.entries(readLate)) {
  test(`in place: ${name}`, { skip }, async () => {
    const expected = await train(onnx, example, 3);
    for (const engine of [torch, decomposing]) {
      const got = await train(engine, example, 3);
      assertSameState(got.state, expected.state, 2e-6);
      assertSameLosses(got, expected, 2e-6);
    }
  });
}

test("a captured step gives the same bits", { skip }, async () => {
  const capturing = await torchEngine({ captures: true });
  for (const example of [ganExample(), betaExample(8, 2)]) {
    const [plain, captured] = [await train(torch, example, 6), await train(capturing, example, 6)];
    assert.deepEqual(captured, plain);
    // Another state, and again.
    assert.deepEqual(await train(capturing, example, 6), plain);
  }
});

test("resumed is uninterrupted, to the bit; and either engine goes on where the other stopped", {
  skip,
}, async () => {
  const example = betaExample(16, 2);
  const inputs = randomInputs(example, 4);
  const half = (part: 0 | 1) => {
    const cut = <A extends Float32Array | Uint8Array | Int32Array>(array: A) =>
      array.subarray((part * array.length) / 2, ((part + 1) * array.length) / 2) as A;
    const all = <A extends Float32Array | Uint8Array | Int32Array>(arrays: Readonly<Record<string, A>>) =>
      Object.fromEntries(Object.entries(arrays).map(([name, array]) => [name, cut(array)]));
    return { batch: all(inputs.batch), noise: all(inputs.noise), hyper: all(inputs.hyper) };
  };
  const goOn = async (engine: Engine, state: State, part: 0 | 1) => {
    const compiled = await engine.compileStep(example.step, specsOf(example.initial), example.specs);
    const result = await compiled.run(engine.importState(state), 2, half(part));
    const exported = await engine.exportState(result.state);
    engine.release(result.state);
    await compiled.close();
    return exported;
  };
  const whole = (await train(torch, example, 4)).state;
  const first = await goOn(torch, example.initial, 0);
  assert.deepEqual(await goOn(await torchEngine(), first, 1), whole);
  assertSameState(await goOn(onnx, first, 1), whole, 1e-4);
  assertSameState(await goOn(torch, await goOn(onnx, example.initial, 0), 1), whole, 1e-4);
});

test("a function leaves the state as it is", { skip }, async () => {
  const network = buildNetwork(
    resolve("model: {kind: pix2pix, width: 8}\ndataset: synthetic\nimage: {size: 32}\n"),
  );
  const initial = network.init(1);
  const rgb = Uint8Array.from({ length: 2 * 32 * 32 * 3 }, (_, i) => (i * 7) % 256);
  const spec = { rgb: { shape: [2, 32, 32, 3], dtype: "uint8" as const } };
  const call = ({ rgb, ...state }: Tensors) => ({ ...network.evaluate(state, { rgb: rgb! }) });
  const results = [];
  for (const engine of [torch, onnx]) {
    const compiled = await engine.compile(call, specsOf(initial), spec);
    const state = engine.importState(initial);
    results.push(await compiled.run(state, { rgb }));
    assert.deepEqual(await compiled.run(state, { rgb }), results.at(-1));
    assert.deepEqual(await engine.exportState(state), initial);
    engine.release(state);
    await compiled.close();
  }
  for (const [name, numbers] of Object.entries(results[1]!))
    assertAllClose(results[0]![name]!, numbers, { relative: 1e-4 }, name);
});

test("bfloat16: near float32, and not the same", { skip }, async () => {
  const narrow = await torchEngine({ precision: "bfloat16" });
  for (const example of [betaExample(16, 4), ganExample({ norm: "instance" }), ganExample()]) {
    const [low, full] = [await train(narrow, example, 2), await train(torch, example, 2)];
    for (const [name, numbers] of Object.entries(full.losses)) {
      assertAllClose(low.losses[name]!, numbers, { relative: 0.1 }, name);
    }
    assert.notDeepEqual(low.losses, full.losses);
  }
});

test("wrong inputs are refused by name, and a bug shows the stacks of both sides", { skip }, async () => {
  const example = descent("sgd");
  const compiled = await torch.compileStep(example.step, specsOf(example.initial), example.specs);
  const { batch: _, ...rest } = randomInputs(example, 1);
  const state = torch.importState(example.initial);
  const wrong = { kernel: new Float32Array(5), bias: new Float32Array(4) };
  await assert.rejects(
    compiled.run(state, 1, { ...rest, batch: wrong }),
    /input kernel: expected 72 numbers/,
  );
  torch.release(state);
  const gone = compiled.run(state, 1, randomInputs(example, 1));
  await assert.rejects(gone, (error: Error) => {
    assert.match(error.message, /PyTorch, in run_step: KeyError/);
    assert.match(error.message, /worker\.py", line \d+, in run_step/);
    return true;
  });
  await compiled.close();
});
