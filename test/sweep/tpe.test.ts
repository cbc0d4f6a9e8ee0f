import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { Axis } from "../../src/sweep/search/tpe/axis.ts";
import { parzen } from "../../src/sweep/search/tpe/parzen.ts";
import { splitTrials } from "../../src/sweep/search/tpe/split.ts";
import { tpeConfiguration } from "../../src/sweep/search/tpe/tpe.ts";
import type { Goal } from "../../src/sweep/sweep.ts";
import { parameter } from "./fixtures.ts";
import { type GoldenTrial, golden, trialOf } from "./golden.ts";
import { medians, settings } from "./test-functions.ts";

type GoldenAxis = { choices: number } | { low: number; high: number; step: number | null; log: boolean };

const { splits, densities } = golden<{
  splits: { goal: Goal; trials: GoldenTrial[]; below: number[]; above: number[] }[];
  densities: { axes: GoldenAxis[]; observations: number[][]; points: number[][]; logs: number[] }[];
}>("tpe.json");

const shapeOf = (axis: GoldenAxis): Axis["shape"] =>
  "choices" in axis
    ? { kind: "categorical", prior: Array.from({ length: axis.choices }, () => 1 / axis.choices) }
    : { kind: "numeric", ...axis };

describe("TPE", () => {
  it("splits a history as Optuna does: complete, pruned and running trials, ties, NaN and infinities", () => {
    assert.equal(splits.length, 10);
    for (const { goal, trials, below, above } of splits) {
      const split = splitTrials(trials.map(trialOf), goal);
      assert.deepEqual(
        [split.below, split.above].map((part) => part.map(({ number }) => number)),
        [below, above],
      );
    }
  });

  it("has the log densities of Optuna's Parzen estimators", () => {
    assert.equal(densities.length, 50);
    for (const { axes, observations, points, logs } of densities) {
      const estimator = parzen(axes.map(shapeOf), observations);
      points.forEach((point, index) => {
        const found = estimator.logDensity(point);
        assert.ok(
          Math.abs(found - logs[index]!) < 1e-9 * Math.max(1, Math.abs(logs[index]!)),
          `${JSON.stringify(axes)}, ${observations.length}: ${found}, not ${logs[index]}`,
        );
      });
    }
  });

  it("counts a diverged trial among the worse ones and a failed one in neither", () => {
    const trials = [
      { state: "complete", value: "nan", curve: [] },
      { state: "failed", value: null, curve: [] },
      { state: "complete", value: 3, curve: [] },
      { state: "complete", value: 2, curve: [] },
    ] satisfies GoldenTrial[];
    const { below, above } = splitTrials(trials.map(trialOf), "minimize");
    assert.deepEqual(
      [below, above].map((part) => part.map(({ number }) => number)),
      [[3], [0, 2]],
    );
  });

  it("gives every process the same answer, and another one to another number", () => {
    const parameters = [parameter("x", { kind: "uniform", min: 0, max: 1, q: null, log: false })];
    const history = Array.from({ length: 12 }, (_, number) => ({
      ...trialOf({ state: "complete", value: number, curve: [] }, number),
      parameters: { x: number / 12 },
    }));
    const ask = (number: number) => tpeConfiguration(parameters, "minimize", settings(1), number, history);
    assert.deepEqual(ask(12), ask(12));
    assert.notDeepEqual(ask(12), ask(13));
  });

  it("keeps away from what is running: the liar's trials are among the worse ones", () => {
    const parameters = [parameter("x", { kind: "uniform", min: 0, max: 1, q: null, log: false })];
    const done = Array.from({ length: 20 }, (_, number) => ({
      ...trialOf({ state: "complete", value: Math.abs(number / 20 - 0.5), curve: [] }, number),
      parameters: { x: number / 20 },
    }));
    const running = Array.from({ length: 15 }, (_, index) => ({
      ...trialOf({ state: "running", value: null, curve: [] }, 20 + index),
      parameters: { x: 0.5 },
    }));
    const distance = (constantLiar: boolean) => {
      let sum = 0;
      for (let number = 40; number < 60; number++) {
        const options = { ...settings(1), constantLiar };
        const { x } = tpeConfiguration(parameters, "minimize", options, number, [...done, ...running])!;
        sum += Math.abs((x as number) - 0.5) / 20;
      }
      return sum;
    };
    assert.ok(distance(true) > 2 * distance(false), `${distance(true)}, ${distance(false)}`);
  });

  it("is better than random search after 50 trials on standard functions", () => {
    for (const { name, random, tpe } of medians(11, 50))
      assert.ok(tpe < random, `${name}: ${tpe} is not below ${random}`);
  });
});
