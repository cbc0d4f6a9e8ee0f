// Against scikit-learn's definition, computed threshold by threshold in make_chains.py.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { meanAveragePrecision } from "../../src/runner/average-precision.ts";

type Example = {
  readonly name: string;
  readonly images: number;
  readonly labels: number;
  readonly scores: readonly number[];
  readonly truths: readonly number[];
  readonly perLabel: readonly (number | null)[];
  readonly mean: number | null;
};

const { averagePrecision } = JSON.parse(
  readFileSync(new URL("../golden/chains.json", import.meta.url), "utf8"),
) as { readonly averagePrecision: readonly Example[] };

/** Of some of the labels, with the images in another order. */
function measured(
  { images, labels, scores, truths }: Example,
  chosen: readonly number[],
  order = Array.from({ length: images }, (_, image) => image),
): number {
  const pick = (values: readonly number[]) =>
    Float32Array.from(order.flatMap((image) => chosen.map((label) => values[image * labels + label]!)));
  return meanAveragePrecision(pick(scores), pick(truths), chosen.length);
}

function assertPrecision(actual: number, expected: number | null) {
  if (expected === null) assert.ok(Number.isNaN(actual), `${actual} should not be a number`);
  else assert.ok(Math.abs(actual - expected) < 1e-12, `expected ${expected}, got ${actual}`);
}

for (const example of averagePrecision) {
  const all = example.perLabel.map((_, label) => label);

  test(`average precision: ${example.name}`, () => {
    assertPrecision(measured(example, all), example.mean);
    for (const label of all) assertPrecision(measured(example, [label]), example.perLabel[label]!);
  });

  test(`average precision does not know the order of images and labels: ${example.name}`, () => {
    const images = Array.from({ length: example.images }, (_, image) => image);
    const shuffled = [...images].sort((a, b) => ((a * 7) % 31) - ((b * 7) % 31));
    for (const order of [images.toReversed(), shuffled]) {
      assertPrecision(measured(example, all.toReversed(), order), example.mean);
    }
  });
}

test("a score that is not a number makes the mean none", () => {
  const scores = Float32Array.of(Number.NaN, 0.5);
  assert.ok(Number.isNaN(meanAveragePrecision(scores, Float32Array.of(1, 0), 1)));
});
