// A batch taken in parts must train as the whole one does.

import assert from "node:assert/strict";
import { test } from "node:test";
import { assertAllClose } from "../allclose.ts";
import { reference, tested } from "./engines-for-tests.ts";
import { alphaExample, assertEnginesAgree, type Example, ganExample, train } from "./examples.ts";

async function assertSameTraining(whole: Example, parts: Example) {
  const [expected, got] = [await train(tested, whole, 3), await train(tested, parts, 3)];
  for (const [name, values] of Object.entries(expected.losses)) {
    assertAllClose(got.losses[name]!, values, { relative: 2e-5 }, name);
  }
  for (const [name, { data }] of Object.entries(expected.state)) {
    // As vectors: the sign of a tiny error, which L1 differentiates to, may turn with the last digit.
    const apart = length(data.map((x, i) => x - got.state[name]!.data[i]!));
    assert.ok(apart <= 2e-3 * length(data) + 2e-5, `${name}: ${apart} apart, ${length(data)} long`);
  }
}

function length(numbers: Float32Array): number {
  return Math.sqrt(numbers.reduce((sum, x) => sum + x * x, 0));
}

test("alpha: a batch of 4 in 2 or 4 parts", async () => {
  const whole = alphaExample(16, 4);
  for (const accumulate of [2, 4]) await assertSameTraining(whole, alphaExample(16, 4, accumulate));
});

test("pix2pix with instance norm and dropout: the discriminator takes all parts before the generator does", () =>
  assertSameTraining(
    ganExample({ norm: "instance", batchSize: 4 }),
    ganExample({ norm: "instance", batchSize: 4, accumulate: 2 }),
  ));

test("pix2pix with batch norm in parts: the tested engine as the JavaScript reference", () =>
  assertEnginesAgree(tested, reference, ganExample({ batchSize: 4, accumulate: 2 }), 2, 1e-4));

test("batch norm sees parts, not the whole batch", async () => {
  const [whole, parts] = await Promise.all(
    [1, 2].map((accumulate) => train(tested, ganExample({ batchSize: 4, accumulate }), 1)),
  );
  const name = Object.keys(whole!.state).find((name) => name.endsWith("norm/variance"))!;
  assert.notDeepEqual(parts!.state[name]!.data, whole!.state[name]!.data);
});
