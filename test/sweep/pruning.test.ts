import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { shouldPrune } from "../../src/sweep/pruning/should-prune.ts";
import type { Goal, PruneConfig } from "../../src/sweep/sweep.ts";
import type { CurvePoint, PastTrial } from "../../src/sweep/trial.ts";
import { type GoldenTrial, golden, type Num, num, trialOf } from "./golden.ts";

type Case = {
  readonly config: PruneConfig;
  readonly goal: Goal;
  readonly name: string;
  readonly curves: readonly GoldenTrial["curve"][];
  readonly stopped: readonly (number | null)[];
};

/** As make_pruning.py trains: groups of three side by side, every fifth trial fails half way. */
function simulate({ config, goal, name, curves }: Case): (number | null)[] {
  const trials: PastTrial[] = [];
  const stopped: (number | null)[] = curves.map(() => null);
  for (let first = 0; first < curves.length; first += 3) {
    const group = curves.slice(first, first + 3).map((curve, index) => {
      const full = trialOf({ state: "running", value: null, curve }, first + index);
      trials.push({ ...full, curve: [] });
      return full;
    });
    for (let turn = 0; turn < 28; turn++)
      for (const { number, curve } of group) {
        const trial = trials[number]!;
        if (trial.state !== "running") continue;
        const fails = number % 5 === 4 && turn === Math.floor(curve.length / 2);
        if (turn >= curve.length) trials[number] = { ...trial, state: "complete", value: 1 };
        else if (fails) trials[number] = { ...trial, state: "failed" };
        else {
          trials[number] = { ...trial, curve: curve.slice(0, turn + 1) };
          if (!shouldPrune(config, trials, number, goal, name)) continue;
          stopped[number] = curve[turn]!.epoch;
          trials[number] = { ...trials[number], state: "pruned" };
        }
      }
  }
  return stopped;
}

type WandbCase = {
  readonly config: {
    readonly min_iter?: number;
    readonly max_iter?: number;
    readonly s?: number;
    readonly eta: number;
    readonly strict: boolean;
  };
  readonly goal: Goal;
  readonly curves: readonly (readonly Num[])[];
  readonly stopped: readonly number[];
};

const wandb: PruneConfig = { type: "wandb_hyperband", bands: { maxIter: 5, s: 2 }, eta: 2, strict: true };

function trials(...losses: readonly (readonly number[])[]): PastTrial[] {
  return losses.map((values, number) => {
    const curve = values.map((value, index): CurvePoint => ({ epoch: index + 1, value }));
    return { number, parameters: {}, state: "running", value: null, curve };
  });
}

const stops = (config: PruneConfig, all: readonly PastTrial[], goal: Goal = "minimize") =>
  all.map(({ number }) => shouldPrune(config, all, number, goal, "sweep"));

describe("pruning", () => {
  it("stops the trials that Optuna stops, at the same epochs", () => {
    const cases = golden<readonly Case[]>("pruning.json");
    assert.equal(cases.length, 14);
    for (const each of cases)
      assert.deepEqual(simulate(each), each.stopped, `${JSON.stringify(each.config)}, ${each.goal}`);
  });

  it("does nothing on an empty curve", () => {
    const all = trials([], [1, 2]);
    assert.equal(shouldPrune(wandb, all, 0, "minimize", "sweep"), false);
  });

  // The example of wandb/sweeps: bands at 1 and 2, whose thresholds are the third of five 10s and 8 of 6, 7, 8, 9, 10.
  const example = trials([10, 9], [10, 10], [10, 8, 8], [10, 7, 7], [10, 6, 6]);

  it("stops what W&B's hyperband stops, by hand", () => {
    assert.deepEqual(stops(wandb, example), [true, true, false, false, false]);
    const turned = example.map((trial) => ({
      ...trial,
      curve: trial.curve.map(({ epoch, value }) => ({ epoch, value: -value })),
    }));
    assert.deepEqual(stops(wandb, turned, "maximize"), [true, true, false, false, false]);
  });

  it("stops what wandb/sweeps stops, of 400 random sets of curves", () => {
    const cases = golden<readonly WandbCase[]>("wandb-hyperband.json");
    assert.equal(cases.length, 400);
    assert.equal(cases.filter(({ stopped }) => stopped.length > 0).length, 202);
    const differing = cases.filter(({ config, goal, curves, stopped }) => {
      const { min_iter, max_iter, s, eta, strict } = config;
      const bands = min_iter === undefined ? { maxIter: max_iter!, s: s! } : { minIter: min_iter };
      const all = trials(...curves.map((curve) => curve.map(num)));
      const found = stops({ type: "wandb_hyperband", bands, eta, strict }, all, goal);
      return found.some((isStopped, number) => isStopped !== stopped.includes(number));
    });
    assert.deepEqual(differing, []);
  });

  it("judges the third value where min_iter is 3, and skips NaN", () => {
    const third: PruneConfig = { ...wandb, bands: { minIter: 3 } };
    assert.deepEqual(stops(third, trials([1, 1, 9], [2, 2, 2], [3, 3, 1], [3, 0])), [
      true,
      false,
      false,
      false,
    ]);
    const up: PruneConfig = { ...wandb, bands: { minIter: 1 } };
    assert.deepEqual(stops(up, trials([3, 3], [2, 2], [1, Number.NaN, 1], [1])), [true, false, false, false]);
  });

  it("compares the best so far where strict is off", () => {
    const all = trials([1, 9], [5, 5], [4, 4]);
    assert.deepEqual(stops(wandb, all), [true, false, false]);
    assert.deepEqual(stops({ ...wandb, strict: false }, all), [false, false, false]);
  });
});
