// Every network trains on the torch engine as on the traced one.

import assert from "node:assert/strict";
import { test } from "node:test";
import type { Engine } from "../../src/engine/engine.ts";
import { resolve } from "../experiment/fixtures.ts";
import { buildNetwork, everyModel } from "../models/networks-for-tests.ts";
import { assertEnginesAgree, betaExample, type Example, ganExample, train } from "./examples.ts";
import { onnx, torchEngine, withoutTorch } from "./torch-for-tests.ts";

const skip = withoutTorch;
const torch = skip ? (null as unknown as Engine) : await torchEngine();

/** From weights that differ by a rounding error: what that changes, two correct engines may differ by. */
function nudged(example: Example): Example {
  const initial = Object.entries(example.initial).map(([name, { shape, data }]) => [
    name,
    { shape, data: data.map((x, i) => x * (1 + (i % 2 === 0 ? 1e-6 : -1e-6))) },
  ]);
  return { ...example, initial: Object.fromEntries(initial) };
}

for (const [model, ...overrides] of everyModel) {
  test(`${[model, ...overrides].join(" ")}: losses of three steps`, { skip }, async () => {
    const dataset = /classifier$|kind: classifier/.test(model) ? "{kind: coco, root: x}" : "synthetic";
    const size = model.includes("scales: 2") ? 64 : 32;
    const written = `model: ${model}\ndataset: ${dataset}\nimage: {size: ${size}}\ntrain: {batch_size: 2}\n`;
    const network = buildNetwork(resolve(written, overrides), 10, 5);
    const example: Example = { ...network, initial: network.init(1), hyper: (t) => network.hyper(t, 1) };
    const [got, expected] = [await train(torch, example, 3), await train(onnx, example, 3)];
    let other: typeof expected | null = null;
    assert.deepEqual(Object.keys(got.losses), Object.keys(expected.losses));
    for (const [name, numbers] of Object.entries(expected.losses)) {
      for (const [step, number] of numbers.entries()) {
        const error = Math.abs(got.losses[name]![step]! - number);
        if (error <= 1e-4 * Math.abs(number)) continue;
        // GANs with instance norm multiply rounding errors from their second step on.
        other ??= await train(onnx, nudged(example), 3);
        const sensitivity = Math.abs(other.losses[name]![step]! - number);
        assert.ok(
          error <= 3 * sensitivity,
          `${name}, step ${step + 1}: ${number}, got ${got.losses[name]![step]}`,
        );
      }
    }
  });
}

for (const [name, example] of [
  ["everything at once", () => ganExample()],
  ["a batch in parts", () => ganExample({ batchSize: 4, accumulate: 2 })],
  ["beta in parts", () => betaExample(16, 4, 2)],
] as const) {
  test(`${name}: losses, and weights that moved as far`, { skip }, () =>
    assertEnginesAgree(torch, onnx, example(), 3, 1e-4),
  );
}

test("20 steps of beta", { skip }, () => assertEnginesAgree(torch, onnx, betaExample(32, 4), 20, 1e-4));
