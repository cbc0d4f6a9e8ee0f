// A GPU waits for the host at every reading: native TensorFlow must be read once for every loss of a call, whatever
// the number of its steps.

import assert from "node:assert/strict";
import { test } from "node:test";
import * as tf from "@tensorflow/tfjs-core";
import { specsOf } from "../../src/engine/engine.ts";
import { openEngine } from "../../src/engine/engines.ts";
import { betaExample, ganExample, randomInputs, smallExample } from "./examples.ts";

type Binding = { tensorDataSync(id: number): unknown };

test("native TensorFlow is read once for every loss of a call", async (context) => {
  const native = await openEngine("tensorflow").catch((error: Error) => error);
  if (native instanceof Error) return context.skip(native.message);
  const backend = tf.backend() as unknown as { binding: Binding };
  const { binding } = backend;
  let readings = 0;
  backend.binding = Object.create(binding, {
    tensorDataSync: {
      value: (id: number) => {
        readings++;
        return binding.tensorDataSync(id);
      },
    },
  });
  for (const example of [smallExample(), betaExample(8, 2), betaExample(8, 2, 2), ganExample()]) {
    const compiled = await native.compileStep(example.step, specsOf(example.initial), example.specs);
    const state = native.importState(example.initial);
    readings = 0;
    const { losses } = await compiled.run(state, 3, randomInputs(example, 3));
    assert.equal(readings, Object.keys(losses).length);
  }
});
