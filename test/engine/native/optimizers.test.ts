// The operators of optimizers against the rules themselves, computed by TensorFlow.js, over several steps in place.

import assert from "node:assert/strict";
import { describe, it } from "node:test";
import "@tensorflow/tfjs-backend-cpu";
import * as tf from "@tensorflow/tfjs-core";
import { createNativeSession } from "../../../src/engine/native/native-session.ts";
import { optimizerUpdate, placesOfScalars } from "../../../src/engine/native/operators.ts";
import type { OptimizerConfig } from "../../../src/models/optimizers/optimizers.ts";
import { ruleOf } from "../../../src/models/optimizers/rules.ts";
import { assertAllClose } from "../../allclose.ts";
import { forms, modelOf, numbers, skip } from "./native-for-tests.ts";

const learning_rate = 0.01;
const configs: readonly OptimizerConfig[] = [
  { name: "sgd", learning_rate },
  { name: "momentum", learning_rate, momentum: 0.9 },
  { name: "rmsprop", learning_rate, decay: 0.99, epsilon: 1e-8 },
  { name: "adagrad", learning_rate, epsilon: 1e-10, initial_accumulator: 0.1 },
  { name: "adadelta", learning_rate, decay: 0.9, epsilon: 1e-6 },
  { name: "adam", learning_rate, beta1: 0.9, beta2: 0.999, epsilon: 1e-8 },
  { name: "adamax", learning_rate, beta1: 0.9, beta2: 0.999, epsilon: 1e-8 },
  { name: "adamw", learning_rate, beta1: 0.9, beta2: 0.999, epsilon: 1e-8, weight_decay: 0.1 },
];
const steps = 4;
/** More than two tasks, and no multiple of a vector. */
const sizes = [1, 7, 33, 70_001];

async function reference(config: OptimizerConfig, size: number) {
  await tf.setBackend("cpu");
  const rule = ruleOf(config);
  return tf.tidy(() => {
    let parameter: tf.Tensor = tf.tensor1d(numbers(size, "p"));
    let slots: readonly tf.Tensor[] = rule.slots.map(() => tf.fill([size], rule.initial));
    const squareSums: number[] = [];
    for (let t = 1; t <= steps; t++) {
      const gradient = tf.tensor1d(numbers(size, "g", t));
      const hyper = Object.entries(rule.hyper(t, learning_rate)).map(([name, value]) => [
        name,
        tf.scalar(value),
      ]);
      const next = rule.update(parameter, gradient, slots, Object.fromEntries(hyper));
      parameter = next.parameter;
      slots = next.slots;
      squareSums.push(numbers(size, "g", t).reduce((sum, value) => sum + value * value, 0));
    }
    return {
      parameter: parameter.dataSync() as Float32Array,
      slots: slots.map((slot) => slot.dataSync() as Float32Array),
      squareSums,
    };
  });
}

async function native(config: OptimizerConfig, size: number, kernels: string, threads: number) {
  const rule = ruleOf(config);
  const all = Object.keys(rule.hyper(1, learning_rate));
  const scalars = placesOfScalars(config.name).map((place) => all[place]!);
  const shapes = {
    p: [size],
    ...Object.fromEntries(rule.slots.map((slot) => [slot, [size]])),
    g: [size],
    ...Object.fromEntries(scalars.map((name) => [name, [1]])),
  };
  const model = modelOf(shapes, (graph, inputs) => {
    const slots = rule.slots.map((slot) => inputs[slot]!);
    const hyper = scalars.map((name) => inputs[name]!);
    const constants = config as unknown as Readonly<Record<string, number>>;
    const next = optimizerUpdate(graph, config.name, constants, inputs.p!, inputs.g!, slots, hyper);
    return {
      "p/next": next.parameter,
      ...Object.fromEntries(rule.slots.map((slot, index) => [`${slot}/next`, next.slots[index]!])),
      losses: graph.node("Reshape", [next.squareSum, graph.int64(1)], [1]),
    };
  });
  const session = await createNativeSession(model, { threads, kernels });
  const slots = rule.slots.map((name) => [name, new Float32Array(size).fill(rule.initial)] as const);
  const state = { p: numbers(size, "p"), ...Object.fromEntries(slots) };
  const g = new Float32Array(steps * size);
  for (let t = 1; t <= steps; t++) g.set(numbers(size, "g", t), (t - 1) * size);
  const hyper = scalars.map((name) => [
    name,
    Float32Array.from({ length: steps }, (_, step) => rule.hyper(step + 1, learning_rate)[name]!),
  ]);
  const losses = new Float32Array(steps);
  await session.runSteps(steps, state, { g, ...Object.fromEntries(hyper) }, losses);
  session.close();
  return { parameter: state.p, slots: rule.slots.map((slot) => state[slot as "p"]), squareSums: losses };
}

for (const kernels of forms.length > 0 ? forms : ["none"]) {
  describe(`optimizers, ${kernels}`, { skip }, () => {
    for (const config of configs)
      it(config.name, async () => {
        for (const size of sizes) {
          const expected = await reference(config, size);
          const actual = await native(config, size, kernels, 1);
          const tolerance = { relative: 2e-6 };
          assertAllClose(actual.parameter, expected.parameter, tolerance, "parameter");
          for (const [index, slot] of expected.slots.entries())
            assertAllClose(actual.slots[index]!, slot, { relative: 2e-6 }, `moment ${index}`);
          assertAllClose(actual.squareSums, expected.squareSums, { relative: 1e-5 }, "squares");
          assert.deepEqual(await native(config, size, kernels, 3), actual, "depends on threads");
        }
      });
  });
}
