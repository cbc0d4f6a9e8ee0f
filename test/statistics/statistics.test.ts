import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { holm } from "../../src/statistics/holm.ts";
import { imageWins } from "../../src/statistics/image-wins.ts";
import { meanDifference } from "../../src/statistics/mean-difference.ts";
import type { PairedValues } from "../../src/statistics/paired-values.ts";
import { quantileOfSorted } from "../../src/statistics/quantile.ts";
import { wilsonInterval } from "../../src/statistics/wilson-interval.ts";
import { assertAllClose } from "../allclose.ts";
import { golden } from "../sweep/golden.ts";

type Block = { readonly a: number[][]; readonly b: number[][] };

const { bootstrap, wilson, ...others } = golden<{
  bootstrap: {
    name: string;
    blocks: Block[];
    difference: number;
    low: number;
    high: number;
    p: number;
    spread: number;
  }[];
  wilson: [successes: number, trials: number, low: number, high: number][];
  holm: { p: number[]; adjusted: number[] }[];
  quantiles: { sorted: number[]; share: number; value: number }[];
}>("statistics.json");

const typed = (blocks: readonly Block[]): PairedValues[] =>
  blocks.map(({ a, b }) => ({
    a: a.map((row) => Float64Array.from(row)),
    b: b.map((row) => Float64Array.from(row)),
  }));

describe("statistics", () => {
  // An end of an interval of 10,000 resamples is off by 0.027 standard deviations, one with another: at 2.5 % of a normal
  // distribution sqrt(0.025 * 0.975 / 10000) / 0.058. Four of them are allowed, and of a p-value four times its own error.
  it("has the bootstrap intervals of SciPy, and hierarchical ones of NumPy, within Monte Carlo error", () => {
    assert.equal(bootstrap.length, 7);
    for (const { name, blocks, difference, low, high, p, spread } of bootstrap) {
      const found = meanDifference(typed(blocks));
      assertAllClose([found.difference], [difference], { relative: 1e-12 }, name);
      assertAllClose([found.low, found.high], [low, high], { relative: 0.11, scale: spread }, name);
      assert.ok(
        Math.abs(found.p - p) <= 4 * Math.sqrt((2 * p) / 10_000) + 2 / 10_000,
        `${name}: p ${found.p}, expected ${p}`,
      );
    }
  });

  it("gives the same interval for the same values, and mirrors it where sides change", () => {
    const blocks = typed(bootstrap[0]!.blocks);
    assert.deepEqual(meanDifference(blocks), meanDifference(blocks));
    const { difference, low, high, p } = meanDifference(blocks);
    const other = meanDifference(blocks.map(({ a, b }) => ({ a: b, b: a })));
    assertAllClose([other.difference, other.low, other.high, other.p], [-difference, -high, -low, p], {
      relative: 1e-12,
    });
  });

  it("finds no difference between equal values, and refuses values of other images", () => {
    const values = Float64Array.from({ length: 20 }, (_, at) => at);
    const block = { a: [values], b: [values] };
    assert.deepEqual(meanDifference([block], 100), { difference: 0, low: 0, high: 0, p: 1 });
    assert.throws(() => meanDifference([{ a: [values], b: [values.subarray(1)] }]), /the same images/);
    assert.throws(
      () => meanDifference([{ a: [new Float64Array()], b: [new Float64Array()] }]),
      /same images/,
    );
    assert.throws(() => meanDifference([]), /no values/);
  });

  it("counts on which images a side is better, by the mean of its runs, and says ties", () => {
    const block = {
      a: [Float64Array.of(1, 5, 2, 0), Float64Array.of(3, 5, 2, 0)],
      b: [Float64Array.of(2, 4, 3, 1)],
    };
    assert.deepEqual(imageWins([block], "higher"), { a: 1, b: 2, ties: 1, images: 4 });
    assert.deepEqual(imageWins([block], "lower"), { a: 2, b: 1, ties: 1, images: 4 });
  });

  it("has SciPy's Wilson intervals, Holm's p-values and NumPy's quantiles", () => {
    for (const [successes, trials, low, high] of wilson) {
      const found = wilsonInterval(successes, trials);
      assertAllClose([found.low, found.high], [low, high], { relative: 1e-12 }, `${successes} of ${trials}`);
    }
    assert.deepEqual(wilsonInterval(0, 0), { low: 0, high: 1 });
    for (const { p, adjusted } of others.holm) assertAllClose(holm(p), adjusted, { relative: 1e-12 });
    for (const { sorted, share, value } of others.quantiles)
      assertAllClose([quantileOfSorted(sorted, share)], [value], { relative: 1e-12 });
    assert.equal(quantileOfSorted([], 0.5), Number.NaN);
    assert.equal(quantileOfSorted([1, Number.POSITIVE_INFINITY], 0), 1);
  });
});
