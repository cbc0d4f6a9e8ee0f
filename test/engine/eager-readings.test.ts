// A GPU waits for the host at every reading: the eager engine must not read more often the more steps a call has.

import assert from "node:assert/strict";
import { test } from "node:test";
import * as tf from "@tensorflow/tfjs-core";
import type { Engine } from "../../src/engine/engine.ts";
import { specsOf } from "../../src/engine/engine.ts";
import { openEngine } from "../../src/engine/engines.ts";
import { reference } from "./engines-for-tests.ts";
import { betaExample, type Example, ganExample, randomInputs, smallExample } from "./examples.ts";

/** How often tensors were read during one call of `count` steps. */
async function readings(engine: Engine, example: Example, count: number): Promise<number> {
  const compiled = await engine.compileStep(example.step, specsOf(example.initial), example.specs);
  const state = engine.importState(example.initial);
  const backend = tf.backend();
  const { readSync } = backend;
  let times = 0;
  backend.readSync = (id) => {
    times++;
    return readSync.call(backend, id);
  };
  try {
    const result = await compiled.run(state, count, randomInputs(example, count));
    assert.equal(times, Object.keys(result.losses).length, "one reading for every loss");
    engine.release(result.state);
  } finally {
    backend.readSync = readSync;
  }
  engine.release(state);
  await compiled.close();
  return times;
}

test("the JavaScript reference reads every loss once a call, whatever the number of steps", async () => {
  assert.equal(await readings(reference, smallExample(), 1), await readings(reference, smallExample(), 5));
});

test("native TensorFlow reads every loss once a call, whatever the number of steps", async (context) => {
  const native = await openEngine("tensorflow").catch((error: Error) => error);
  if (native instanceof Error) return context.skip(native.message);
  for (const example of [smallExample(), betaExample(8, 2), ganExample()]) await readings(native, example, 3);
});
