import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { bestAt, bestOfSeveral, bestPoint, isBetter } from "../../src/runs/best.ts";
import type { Better } from "../../src/runs/series.ts";

const [nan, infinite] = [Number.NaN, Number.POSITIVE_INFINITY];

describe("the best value", () => {
  it("has the place that its direction asks for; the first of equals", () => {
    const cases: readonly [values: (number | null)[], better: Better, place: number | null][] = [
      [[3, 1, 2], "lower", 1],
      [[3, 1, 2], "higher", 0],
      [[0.5, 1.2, 0.7], "one", 1],
      [[0.75, 1.25, 1], "one", 2],
      [[0.75, 1.25], "one", 0],
      [[3, 1, 2], "none", null],
      [[2, 1, 1], "lower", 1],
      [[nan, infinite, 5, -infinite, null], "higher", 2],
      [[nan, infinite, 5, -infinite, null], "lower", 2],
      [[nan, null, infinite], "lower", null],
      [[], "lower", null],
      [[-1, 0], "lower", 0],
    ];
    for (const [values, better, place] of cases)
      assert.equal(bestAt(values, better), place, `${JSON.stringify(values)} ${better}`);
  });

  it("is a result rather than none", () => {
    assert.ok(isBetter(5, nan, "lower"));
    assert.ok(!isBetter(nan, 5, "lower"));
    assert.ok(!isBetter(nan, nan, "lower"));
    assert.ok(!isBetter(5, 5, "higher"));
    assert.ok(!isBetter(5, 6, "none"));
  });

  it("of a series is after the first step", () => {
    const point = (step: number[], value: number[], better: Better = "lower") =>
      bestPoint({ step, value }, better);
    assert.deepEqual(point([0, 10, 20], [0.1, 0.5, 0.4]), { step: 20, value: 0.4 });
    assert.deepEqual(point([0, 10, 20], [0.9, 0.5, 0.5], "higher"), { step: 10, value: 0.5 });
    assert.equal(point([0], [0.1]), null);
    assert.equal(point([0, 10], [0.1, nan]), null);
    assert.equal(point([], []), null);
  });

  it("of several runs is one that differs from another", () => {
    assert.equal(bestOfSeveral([2, 1, null], "lower"), 1);
    assert.equal(bestOfSeveral([1, 1], "lower"), null);
    assert.equal(bestOfSeveral([1, null], "lower"), null);
    assert.equal(bestOfSeveral([0.75, 1.25], "one"), null);
  });
});
