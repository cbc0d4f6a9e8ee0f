// What people's answers come to: agrees with SciPy and NumPy (test/golden/make_judge.py).

import assert from "node:assert/strict";
import { test } from "node:test";
import { bradleyTerry } from "../../src/statistics/bradley-terry.ts";
import { normalQuantileOfConfidence } from "../../src/statistics/interval.ts";
import { rankCorrelation } from "../../src/statistics/rank-correlation.ts";
import { shareOf } from "../../src/statistics/share-interval.ts";
import { wilsonInterval } from "../../src/statistics/wilson-interval.ts";
import { assertAllClose } from "../allclose.ts";
import { golden } from "../sweep/golden.ts";

const reference = golden<{
  bradleyTerry: { wins: number[][]; strengths: number[]; errors: number[] }[];
  spearman: { x: number[]; y: number[]; rho: number; low: number; high: number }[];
  share: { answers: number[][]; share: number; low: number; high: number; spread: number }[];
}>("judge.json");

test("strengths of Bradley and Terry and their intervals", () => {
  for (const { wins, strengths, errors } of reference.bradleyTerry) {
    const found = bradleyTerry(wins)!;
    assertAllClose(
      found.map(({ strength }) => strength),
      strengths,
      { relative: 1e-8, scale: 1 },
    );
    const spread = found.map(({ low, high }) => (high - low) / 2 / normalQuantileOfConfidence);
    assertAllClose(spread, errors, { relative: 1e-6, scale: 1 });
  }
});

test("strengths without bounds are not given", () => {
  assert.equal(bradleyTerry([[0]]), null);
  // The second one lost against everyone.
  const wins = [
    [0, 5, 3],
    [0, 0, 0],
    [2, 4, 0],
  ];
  assert.equal(bradleyTerry(wins), null);
  const equal = bradleyTerry([
    [0, 5],
    [5, 0],
  ])!;
  assertAllClose([equal[0]!.strength, equal[1]!.strength], [0, 0], { relative: 1e-12, scale: 1 });
});

test("rank correlations, with ties", () => {
  for (const { x, y, rho, low, high } of reference.spearman) {
    const found = rankCorrelation(x, y)!;
    const [from, to] = [found.interval!.low, found.interval!.high];
    assertAllClose([found.rho, from, to], [rho, low, high], { relative: 1e-9, scale: 1 });
  }
  assert.equal(rankCorrelation([1, 1, 1, 1], [1, 2, 3, 4]), null);
  assert.equal(rankCorrelation([1, 2, 3], [1, 2, 3]), null);
  // Four pairs in one order do not make another order impossible.
  assert.deepEqual(rankCorrelation([1, 2, 3, 9], [2, 4, 8, 9]), { rho: 1, interval: null });
  assert.deepEqual(rankCorrelation([9, 3, 2, 1], [2, 4, 8, 9]), { rho: -1, interval: null });
});

test("a share of people's answers is as uncertain as the people and the images", () => {
  const [{ answers, share, low, high, spread }] = reference.share as [(typeof reference.share)[0]];
  const found = shareOf(answers.map((row) => Float64Array.from(row)));
  const wilson = wilsonInterval(found.count, found.of);
  assertAllClose([found.share], [share], { relative: 1e-12, scale: 1 });
  // The Monte Carlo error of 10,000 resamples, as in statistics.test.ts.
  assertAllClose([found.low, found.high], [low, high], { relative: 0.11 * spread, scale: 1 });
  assert.ok(found.low < wilson.low && found.high > wilson.high);

  const row = (...values: number[]) => Float64Array.from(values);
  const unanimous = shareOf([row(0, 0, 0, 0), row(0, 0, 0, 0)]);
  assert.deepEqual([unanimous.low, unanimous.high], [0, wilsonInterval(0, 8).high]);
  const alone = shareOf([row(1, 0, 0, 1)]);
  assert.deepEqual({ low: alone.low, high: alone.high }, wilsonInterval(2, 4));
});
