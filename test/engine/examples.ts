// Steps that engines must compute alike, and what alike means.

import "@tensorflow/tfjs-backend-cpu";
import assert from "node:assert/strict";
import * as tf from "@tensorflow/tfjs-core";
import { type Engine, specsOf } from "../../src/engine/engine.ts";
import { alpha } from "../../src/models/alpha.ts";
import { beta } from "../../src/models/beta.ts";
import { convolution } from "../../src/models/layers/convolution.ts";
import type { Pass } from "../../src/models/layers/part.ts";
import { upsample } from "../../src/models/layers/resampling.ts";
import { createOptimizer } from "../../src/models/optimizers/create-optimizer.ts";
import { pix2pix } from "../../src/models/pix2pix/pix2pix.ts";
import { randomStream } from "../../src/random.ts";
import type { State, StepFunction, StepSpecs, Tensors } from "../../src/training-step.ts";
import { assertAllClose } from "../allclose.ts";
import { optimizerOf, trainSettings } from "../models/networks-for-tests.ts";
import { tensorCount } from "../tensor-count.ts";

export type Example = {
  readonly step: StepFunction;
  readonly initial: State;
  readonly specs: StepSpecs;
  hyper(t: number): Readonly<Record<string, number>>;
};

export function randomInputs({ specs, hyper }: Example, count: number) {
  const stream = randomStream("inputs");
  const uniform = (shape: readonly number[]) =>
    Float32Array.from({ length: count * shape.reduce((a, b) => a * b, 1) }, stream.uniform);
  const scalars = Array.from({ length: count }, (_, index) => hyper(index + 1));
  return {
    batch: Object.fromEntries(
      Object.entries(specs.batch).map(([name, { shape, dtype }]) => [
        name,
        dtype === "uint8" ? Uint8Array.from(uniform(shape), (x) => Math.floor(256 * x)) : uniform(shape),
      ]),
    ),
    noise: Object.fromEntries(Object.entries(specs.noise).map(([name, { shape }]) => [name, uniform(shape)])),
    hyper: Object.fromEntries(
      specs.hyper.map((name) => [name, Float32Array.from(scalars, (values) => values[name]!)]),
    ),
  };
}

/** Trains, and checks that no tensor is left behind. */
export async function train(engine: Engine, example: Example, count: number) {
  const before = tensorCount();
  const compiled = await engine.compileStep(example.step, specsOf(example.initial), example.specs);
  const state = engine.importState(example.initial);
  const result = await compiled.run(state, count, randomInputs(example, count));
  const exported = await engine.exportState(result.state);
  engine.release(result.state);
  await compiled.close();
  assert.equal(tensorCount(), before, `tensors left behind on ${engine.name}`);
  return { state: exported, losses: result.losses };
}

/** Losses within `relative`, and weights that moved equally far. */
export async function assertEnginesAgree(
  engine: Engine,
  other: Engine,
  example: Example,
  count: number,
  relative: number,
) {
  const [traced, eager] = [await train(engine, example, count), await train(other, example, count)];
  assert.deepEqual(Object.keys(traced.losses), Object.keys(eager.losses));
  for (const [name, expected] of Object.entries(eager.losses)) {
    assertAllClose(traced.losses[name]!, expected, { relative }, name);
  }
  for (const [name, { shape, data }] of Object.entries(eager.state)) {
    assert.deepEqual(traced.state[name]!.shape, shape, name);
    const movement = (numbers: Float32Array) =>
      numbers.map((x, i) => x - (example.initial[name]?.data[i] ?? 0));
    const norm = (numbers: Float32Array) => Math.hypot(...movement(numbers).slice(0, 10_000));
    assertAllClose([norm(traced.state[name]!.data)], [norm(data)], { relative: 0.01, scale: 1e-3 }, name);
  }
}

/**
 * A small network with every kind of operation that the layers use: strides, enlarging, dropout, leaky ReLU.
 * `channels` come out of its second convolution, which gets 6.
 */
export function smallExample(channels = 5): Example {
  const optimizer = createOptimizer(optimizerOf({ name: "momentum", learning_rate: 0.05 }));
  const down = convolution("down", { input: [8, 8, 3], outputs: 6, size: 4, stride: 2 });
  const same = convolution("same", { input: [4, 4, 6], outputs: channels, size: 3 });
  const one = convolution("one", { input: [8, 8, channels], outputs: 3, size: 1 });
  const weights: State = Object.assign({}, ...[down, same, one].map((part) => part.init(1).weights));
  const names = Object.keys(weights);
  const forward = (state: Tensors, x: tf.Tensor4D, noise: tf.Tensor) => {
    const pass: Pass = { mode: "train", weights: state, noise: {}, updates: new Map() };
    let y: tf.Tensor = tf.leakyRelu(down.apply(pass, x), 0.2);
    y = tf.mul(y, tf.cast(tf.greaterEqual(noise, 0.5), "float32"));
    y = upsample(tf.relu(same.apply(pass, y as tf.Tensor4D)));
    const joined = tf.concat([y, tf.sigmoid(y)], 3);
    const halves = tf.add(
      tf.slice(joined, [0, 0, 0, 0], y.shape),
      tf.slice(joined, [0, 0, 0, channels], y.shape),
    );
    return tf.tanh(one.apply(pass, halves as tf.Tensor4D));
  };
  return {
    initial: { ...weights, ...optimizer.init(weights) },
    specs: {
      batch: { x: { shape: [3, 8, 8, 3], dtype: "float32" } },
      noise: { dropout: { shape: [3, 4, 4, 6], dtype: "float32" } },
      hyper: optimizer.hyperNames,
    },
    hyper: (t) => optimizer.hyper(t, 0.05 / t),
    step(state, batch, noise, hyper) {
      const x = batch.x as tf.Tensor4D;
      const loss = (...tensors: tf.Tensor[]) => {
        const named = Object.fromEntries(names.map((name, index) => [name, tensors[index]!]));
        const error = tf.sub(forward(named, x, noise.dropout!), x);
        return tf.add(tf.mean(tf.abs(error)), tf.mean(tf.square(error))) as tf.Scalar;
      };
      const { value, grads } = tf.valueAndGrads(loss)(names.map((name) => state[name]!));
      const gradients = Object.fromEntries(names.map((name, index) => [name, grads[index]!]));
      const norm = tf.sqrt(grads.map((g) => tf.sum(tf.square(g))).reduce((a, b) => tf.add(a, b)));
      return { state: optimizer.update(state, gradients, hyper), losses: { loss: value, norm } };
    },
  };
}

const [buildAlpha, buildBeta, buildGan] = [await alpha.load(), await beta.load(), await pix2pix.load()];

const regressionSettings = (batchSize: number, accumulate: number) =>
  trainSettings(batchSize, optimizerOf({ name: "adam", learning_rate: 1e-4 }), { accumulate });

/** A chain of the same layers as beta, of 1 % of its weights. */
export function alphaExample(imageSize: number, batchSize: number, accumulate = 1): Example {
  const train = regressionSettings(batchSize, accumulate);
  const network = buildAlpha({ model: { kind: "alpha" }, imageSize, train });
  return { ...network, initial: network.init(1), hyper: (t) => network.hyper(t, 1) };
}

export function betaExample(imageSize: number, batchSize: number, accumulate = 1): Example {
  const train = regressionSettings(batchSize, accumulate);
  const network = buildBeta({ model: { kind: "beta" }, imageSize, train });
  return { ...network, initial: network.init(1), hyper: (t) => network.hyper(t, 1) };
}

/** Everything at once: dropout, batch norm, attention, two scales, feature matching, spectral norm. */
export function ganExample({
  norm = "batch",
  batchSize = 2,
  accumulate = 1,
}: {
  readonly norm?: "batch" | "instance";
  readonly batchSize?: number;
  readonly accumulate?: number;
} = {}): Example {
  const network = buildGan({
    model: {
      kind: "pix2pix",
      color: "lab",
      width: 8,
      depth: 5,
      norm,
      dropout: "paper",
      gan_loss: "lsgan",
      l1_weight: 10,
      discriminator: { width: 8, n_layers: 1, scales: 2, feature_matching: 10, padding: null },
      attention: { in: ["generator", "discriminator"], at: 8, form: "full" },
      spectral_norm: ["discriminator"],
      evaluation: "running",
    },
    imageSize: 32,
    train: trainSettings(batchSize, optimizerOf({ name: "momentum", learning_rate: 1e-3 }), {
      accumulate,
      discriminator_optimizer: optimizerOf({ name: "sgd", learning_rate: 1e-3 }),
    }),
  });
  return { ...network, initial: network.init(1), hyper: (t) => network.hyper(t, 1) };
}
