// No configuration is trained twice, and a search ends when it has everything.

import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { valueKey } from "../../src/sweep/search/space.ts";
import { suggestConfiguration } from "../../src/sweep/search/suggest.ts";
import type { Sweep } from "../../src/sweep/sweep.ts";
import type { PastTrial } from "../../src/sweep/trial.ts";
import { problems, sweepOf } from "./fixtures.ts";

/** What a sweep trains until it ends, or `most`: each trial is complete before the next is asked for. */
function configurations(sweep: Sweep, most = 100): Readonly<Record<string, unknown>>[] {
  const history: PastTrial[] = [];
  while (history.length < most) {
    const parameters = suggestConfiguration(sweep, history.length, history);
    if (parameters === null) break;
    const value = Math.abs((parameters.seed as number) - 7);
    history.push({ number: history.length, parameters, state: "complete", value, curve: [] });
  }
  return history.map(({ parameters }) => parameters);
}

const different = (all: readonly unknown[]) => new Set(all.map((each) => JSON.stringify(each))).size;

describe("a configuration", () => {
  it("is trained once by a grid, however often its values are written", () => {
    const sweep = sweepOf(
      "method: grid\nparameters: {seed: {values: [2, 1, 2, 2.0]}, train.optimizer: {values: [{name: adam, beta1: 0.5}, {beta1: 0.5, name: adam}]}}",
    );
    assert.deepEqual(
      configurations(sweep).map(({ seed }) => seed),
      [2, 1],
    );
    assert.equal(valueKey({ a: 1, b: [2] }), valueKey({ b: [2], a: 1 }));
    assert.notEqual(valueKey("1"), valueKey(1));
  });

  it("is drawn once by random search, which ends with all of them", () => {
    const sweep = sweepOf(
      "method: random\nparameters: {seed: {min: 1, max: 4}, train.batch_size: {values: [4, 8, 4]}}",
    );
    const all = configurations(sweep);
    assert.equal(all.length, 8);
    assert.equal(different(all), 8);
    // A value that is written twice is drawn twice as often, as W&B does.
    const [, size] = sweep.parameters;
    assert.deepEqual(size!.distribution, {
      kind: "categorical",
      values: [4, 8],
      probabilities: [1 / 3 + 1 / 3, 1 / 3],
    });
  });

  it("is asked for once by bayes, which ends with all of them", () => {
    const sweep = sweepOf(
      "method: bayes\nmetric: {name: unseen/loss}\nsearch: {n_startup_trials: 5}\nparameters: {seed: {min: 1, max: 12}, train.batch_size: {values: [4, 8]}}",
    );
    const all = configurations(sweep);
    assert.equal(all.length, 24);
    assert.equal(different(all), 24);
    // Guided all the same: the six near the best seed come in the first two thirds.
    const places = all.flatMap(({ seed }, number) => (Math.abs((seed as number) - 7) <= 1 ? [number] : []));
    assert.ok(places.at(-1)! < 16, String(places));
  });

  it("is trained once where a value of no probability is left", () => {
    const sweep = sweepOf(
      "method: random\nparameters: {seed: {values: [1, 2, 3], probabilities: [0.5, 0.5, 0]}}",
    );
    assert.deepEqual(
      configurations(sweep)
        .map(({ seed }) => seed)
        .toSorted(),
      [1, 2],
    );
  });

  it("is looked for only where there are several", () => {
    const text = (method: string) =>
      `method: ${method}\nmetric: {name: unseen/loss}\nparameters: {seed: {value: 1}, train.batch_size: {values: [8, 8]}}`;
    const expected = (method: string) =>
      `4: parameters: expected a parameter with more than one value for method ${method}, got none; grid trains the one configuration`;
    for (const method of ["random", "bayes"]) assert.deepEqual(problems(text(method)), [expected(method)]);
    assert.equal(configurations(sweepOf(text("grid"))).length, 1);
    assert.deepEqual(
      problems("method: random\nparameters: {train.augment.crop: {distribution: normal, mu: 1.5, sigma: 0}}"),
      [`3: parameters: ${expected("random").slice("4: parameters: ".length)}`],
    );
  });
});
