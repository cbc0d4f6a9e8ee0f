import assert from "node:assert/strict";
import { test } from "node:test";
import { randomStream } from "../src/random.ts";

test("normal draws have the normal distribution", () => {
  const count = 400_000;
  const { normal } = randomStream("normal test");
  const draws = Float64Array.from({ length: count }, normal).sort();
  const moment = (power: number) => draws.reduce((sum, x) => sum + x ** power, 0) / count;
  assert.ok(Math.abs(moment(1)) < 0.006, `mean ${moment(1)}`);
  assert.ok(Math.abs(moment(2) - 1) < 0.01, `variance ${moment(2)}`);
  assert.ok(Math.abs(moment(3)) < 0.02, `third moment ${moment(3)}`);
  assert.ok(Math.abs(moment(4) - 3) < 0.06, `fourth moment ${moment(4)}`);
  // Kolmogorov-Smirnov: below 1.95 / sqrt(n) in 999 of 1000 samples that are normal.
  let distance = 0;
  draws.forEach((x, place) => {
    distance = Math.max(distance, Math.abs(cumulative(x) - (place + 0.5) / count));
  });
  assert.ok(distance < 1.95 / Math.sqrt(count), `distance ${distance}`);
  // Beyond the ziggurat's base, 3.4426: a share of 5.76e-4 on both sides together.
  const share = draws.filter((x) => Math.abs(x) > 3.442619855899).length / count;
  assert.ok(Math.abs(share - 5.76e-4) < 1.3e-4, `tail ${share}`);
});

/** Of the standard normal distribution; Abramowitz, Stegun 26.2.17, right to 7.5e-8. */
function cumulative(x: number): number {
  const t = 1 / (1 + 0.2316419 * Math.abs(x));
  const poly =
    t * (0.31938153 + t * (-0.356563782 + t * (1.781477937 + t * (-1.821255978 + t * 1.330274429))));
  const upper = (Math.exp(-0.5 * x * x) / Math.sqrt(2 * Math.PI)) * poly;
  return x >= 0 ? 1 - upper : upper;
}

test("the same key gives the same numbers, another one others", () => {
  const draws = (...key: (string | number)[]) => {
    const { uniform, normal, below } = randomStream(...key);
    return Array.from({ length: 20 }, () => [uniform(), normal(), below(1000)]);
  };
  assert.deepEqual(draws("a", 1), draws("a", 1));
  assert.notDeepEqual(draws("a", 1), draws("a", 2));
  assert.notDeepEqual(draws("a", 1), draws("b", 1));
});
