import assert from "node:assert/strict";
import { test } from "node:test";
import { sampledIndices, smooth } from "../../src/report/sections/curves/downsample.ts";

const steps = (count: number) => Float64Array.from({ length: count }, (_, index) => index);

test("a short curve stays whole", () => {
  assert.deepEqual(sampledIndices([0, 1, 2, 3], [1, Number.NaN, Number.POSITIVE_INFINITY, 4]), [0, 1, 2, 3]);
  assert.deepEqual(sampledIndices([], []), []);
});

test("a long curve keeps its ends, its order and a spike of one step", () => {
  const x = steps(1_000_000);
  const y = x.map((step) => Math.sin(step / 1e5));
  y[654_321] = 99;
  const kept = sampledIndices(x, y);
  assert.ok(kept.length <= 1000, `${kept.length} points`);
  assert.deepEqual([kept[0], kept.at(-1)], [0, 999_999]);
  assert.ok(kept.includes(654_321));
  assert.ok(kept.every((at, index) => index === 0 || at > kept[index - 1]!));
});

test("a long curve keeps its gaps", () => {
  const y = steps(50_000).fill(1);
  y[20_000] = Number.NaN;
  const kept = sampledIndices(steps(50_000), y);
  assert.ok(kept.length <= 1000);
  assert.ok(kept.includes(20_000));
  assert.ok(sampledIndices(steps(5000), steps(5000).fill(Number.NaN)).length > 2);
});

test("smoothing keeps a constant, begins at the first value and does not spread NaN", () => {
  assert.ok(smooth([5, 5, 5, 5], 3).every((value) => Math.abs(value - 5) < 1e-12));
  const smoothed = smooth([1, Number.NaN, 3, Number.NEGATIVE_INFINITY, 3], 2);
  assert.equal(smoothed[0], 1);
  assert.ok(Number.isNaN(smoothed[1]!) && Number.isNaN(smoothed[3]!));
  assert.ok(smoothed[2]! > 1 && smoothed[4]! < 3);
  assert.deepEqual([...smooth([1, 2, 3], 0)], [1, 2, 3]);
});
