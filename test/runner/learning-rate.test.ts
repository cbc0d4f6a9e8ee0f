import assert from "node:assert/strict";
import { test } from "node:test";
import { learningRateFactor } from "../../src/runner/learning-rate.ts";
import { assertAllClose } from "../allclose.ts";

const epochs = 10;
const stepsPerEpoch = 4;
const atEpochs = (schedule: Parameters<typeof learningRateFactor>[0]) =>
  Array.from({ length: epochs }, (_, epoch) =>
    learningRateFactor(schedule, { step: epoch * stepsPerEpoch, stepsPerEpoch, epochs }),
  );

test("constant", () => assert.deepEqual(atEpochs({ kind: "constant" }), Array(10).fill(1)));

test("linear is pix2pix's: 5 epochs whole, then down by sixths and never 0", () => {
  const expected = [1, 1, 1, 1, 1, 5 / 6, 4 / 6, 3 / 6, 2 / 6, 1 / 6];
  assertAllClose(atEpochs({ kind: "linear", decay_epochs: 5 }), expected, { relative: 1e-12 });
});

test("step falls every 3 epochs", () => {
  const expected = [1, 1, 1, 0.5, 0.5, 0.5, 0.25, 0.25, 0.25, 0.125];
  assert.deepEqual(atEpochs({ kind: "step", every_epochs: 3, factor: 0.5 }), expected);
});

test("a warm-up of less than a step, or of steps and a part, never raises the learning rate", () => {
  for (const [warmup, expected] of [
    [0.01, 1],
    [0.05, 1],
    [0.375, 2 / 3],
  ] as const) {
    const schedule = { kind: "cosine", warmup_epochs: warmup } as const;
    const factors = Array.from({ length: 40 }, (_, step) =>
      learningRateFactor(schedule, { step, stepsPerEpoch, epochs }),
    );
    assertAllClose([factors[0]!], [expected], { relative: 1e-12 }, `first of ${warmup}`);
    assert.ok(Math.max(...factors) <= 1, `${warmup}`);
  }
});

test("cosine warms up step by step, then falls from 1 to nearly 0", () => {
  const schedule = { kind: "cosine", warmup_epochs: 1 } as const;
  const at = (step: number) => learningRateFactor(schedule, { step, stepsPerEpoch, epochs });
  assert.deepEqual([at(0), at(1), at(2), at(3), at(4)], [0.25, 0.5, 0.75, 1, 1]);
  assertAllClose([at(4 + 18)], [0.5], { relative: 1e-12 }, "half way");
  assert.ok(at(39) < 0.01 && at(39) > 0);
});
