// The engine that runs steps through our own binding: the numbers of the one that copies, and nothing read after it was
// overwritten.

import assert from "node:assert/strict";
import { describe, it } from "node:test";
import * as tf from "@tensorflow/tfjs-core";
import { type Engine, specsOf } from "../../../src/engine/engine.ts";
import { nativeOrNull } from "../../../src/engine/native/addon.ts";
import { openOnnxEngine } from "../../../src/engine/onnx/onnx-engine.ts";
import type { TensorFunction } from "../../../src/training-step.ts";
import { assertAllClose } from "../../allclose.ts";
import {
  alphaExample,
  assertEnginesAgree,
  betaExample,
  type Example,
  ganExample,
  randomInputs,
  smallExample,
  train,
} from "../examples.ts";
import { skip } from "./native-for-tests.ts";

const native = await nativeOrNull();
const copying = openOnnxEngine({ threads: 2 });
const inPlace = (threads = 2): Engine => openOnnxEngine({ threads, native });

/** Inputs of steps `from` to `to` of `all`. */
function part(all: ReturnType<typeof randomInputs>, count: number, from: number, to: number) {
  const cut = <T extends Float32Array | Uint8Array | Int32Array>(array: T): T => {
    const each = array.length / count;
    return array.slice(from * each, to * each) as T;
  };
  const cutAll = (arrays: object) =>
    Object.fromEntries(Object.entries(arrays).map(([name, array]) => [name, cut(array)]));
  return { batch: cutAll(all.batch), noise: cutAll(all.noise), hyper: cutAll(all.hyper) };
}

describe("the native engine", { skip }, () => {
  const regressions: Readonly<Record<string, () => Example>> = {
    "alpha of 8x8": () => alphaExample(8, 1),
    "beta of 32x32": () => betaExample(32, 4),
    "alpha in two parts": () => alphaExample(16, 4, 2),
    "a small network with dropout": smallExample,
  };
  for (const [name, example] of Object.entries(regressions))
    it(`has the losses of the copying one: ${name}`, () =>
      assertEnginesAgree(inPlace(), copying, example(), 3, 1e-5));

  for (const norm of ["batch", "instance"] as const)
    it(`has the losses of the copying one: a GAN with ${norm} norm`, () =>
      assertEnginesAgree(inPlace(), copying, ganExample({ norm }), 1, 1e-4));

  it("has the losses of the copying one: a GAN in two parts", () =>
    assertEnginesAgree(inPlace(), copying, ganExample({ batchSize: 4, accumulate: 2 }), 1, 1e-4));

  it("goes on from a checkpoint as if it had not stopped, to the bit", async () => {
    for (const example of [alphaExample(16, 2), ganExample()]) {
      const inputs = randomInputs(example, 4);
      const whole = await train(inPlace(), example, 4);
      const engine = inPlace();
      const compiled = await engine.compileStep(example.step, specsOf(example.initial), example.specs);
      let state = example.initial;
      for (const [from, to] of [
        [0, 1],
        [1, 4],
      ] as const) {
        const result = await compiled.run(engine.importState(state), to - from, part(inputs, 4, from, to));
        state = await engine.exportState(result.state);
      }
      await compiled.close();
      for (const [name, { data }] of Object.entries(whole.state))
        assert.deepEqual(state[name]!.data, data, name);
    }
  });

  it("takes no more memory after hundreds of steps", async () => {
    const [example, engine] = [ganExample(), inPlace(1)];
    const compiled = await engine.compileStep(example.step, specsOf(example.initial), example.specs);
    let state = engine.importState(example.initial);
    const inputs = randomInputs(example, 50);
    const memoryAfter = async (calls: number) => {
      for (let call = 0; call < calls; call++) state = (await compiled.run(state, 50, inputs)).state;
      return process.memoryUsage.rss() / 2 ** 20;
    };
    const [before, after] = [await memoryAfter(2), await memoryAfter(8)];
    engine.release(state);
    await compiled.close();
    assert.ok(
      after < before + 20,
      `${before.toFixed(0)} MiB after 200 steps, ${after.toFixed(0)} after 1,200`,
    );
  });

  it("leaves what it was given and what it gave alone", async () => {
    const example = smallExample();
    const engine = inPlace();
    const before = structuredClone(example.initial);
    const compiled = await engine.compileStep(example.step, specsOf(example.initial), example.specs);
    const first = await compiled.run(engine.importState(example.initial), 1, randomInputs(example, 1));
    const exported = await engine.exportState(first.state);
    const kept = structuredClone(exported);
    await compiled.run(first.state, 1, randomInputs(example, 1));
    assert.deepEqual(example.initial, before);
    assert.deepEqual(exported, kept);
    await assert.rejects(engine.exportState(first.state), /a step has changed this state in place/);
    await assert.rejects(
      compiled.run(first.state, 1, randomInputs(example, 1)),
      /a step has changed this state in place/,
    );
    await compiled.close();
  });

  it("says whose kernels it runs", () => {
    assert.match(inPlace().version, /^onnxruntime-node \d+\.\d+\.\d+, native kernels \(\w+\)$/);
  });

  it("evaluates alike", async () => {
    const call: TensorFunction = ({ x }) => ({ doubled: tf.relu(tf.mul(x!, 2)) });
    const x = Float32Array.of(-1, 2, 3, 4);
    const results = [];
    for (const engine of [inPlace(), copying]) {
      const compiled = await engine.compile(call, {}, { x: { shape: [1, 2, 2, 1], dtype: "float32" } });
      results.push((await compiled.run(engine.importState({}), { x })).doubled!);
      await compiled.close();
    }
    assertAllClose(results[0]!, results[1]!, { relative: 1e-6 });
  });
});
