// Engines must give the same numbers: that a run may choose its engine rests on it.

import assert from "node:assert/strict";
import { test } from "node:test";
import { specsOf } from "../../src/engine/engine.ts";
import { openEngine } from "../../src/engine/engines.ts";
import { reference, tested } from "./engines-for-tests.ts";
import { assertEnginesAgree, betaExample, ganExample, randomInputs, smallExample } from "./examples.ts";

test("a small network with dropout trains alike on the tested engine and the JavaScript reference", () =>
  assertEnginesAgree(tested, reference, smallExample(), 20, 1e-4));

test("beta trains alike on the tested engine and the JavaScript reference", () =>
  assertEnginesAgree(tested, reference, betaExample(8, 1), 2, 1e-4));

test("pix2pix trains alike on the tested engine and the JavaScript reference, dropout included", () =>
  assertEnginesAgree(tested, reference, ganExample(), 2, 1e-4));

test("beta has the same losses on onnx and native TensorFlow within 1e-4 over 20 steps", async (context) => {
  const native = await openEngine("tensorflow").catch((error: Error) => error);
  if (native instanceof Error) return context.skip(native.message);
  const onnx = await openEngine("onnx", { device: "cpu", threads: 2 });
  return assertEnginesAgree(onnx, native, betaExample(32, 4), 20, 1e-4);
});

test("wrong inputs are refused by name", async () => {
  const example = smallExample();
  for (const engine of [reference, tested]) {
    const compiled = await engine.compileStep(example.step, specsOf(example.initial), example.specs);
    const state = engine.importState(example.initial);
    const { batch: _, ...rest } = randomInputs(example, 1);
    const wrong = compiled.run(state, 1, { ...rest, batch: { x: new Float32Array(5) } });
    await assert.rejects(wrong, /input x: expected 576 numbers/, engine.name);
    engine.release(state);
    await compiled.close();
  }
});
