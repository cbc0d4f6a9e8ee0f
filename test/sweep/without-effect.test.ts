// Words of a sweep that would change nothing are errors, with their line.

import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { base, problems, problemsOfSweep, read, sweepOf } from "./fixtures.ts";

const seeds = "parameters: {seed: {values: [1, 2]}}";
const metric = "metric: {name: unseen/loss}";

describe("words without effect", () => {
  it("are refused in a sweep file", () => {
    const cases: [string, string[]][] = [
      [
        `method: bayes\nmetric: {name: unseen/loss, impute: worst, impute_while_running: false}\n${seeds}`,
        [
          "3: metric.impute: is not supported: a trial that failed is left out of the search",
          "3: metric.impute_while_running: is not supported: search.constant_liar says what running trials count for",
        ],
      ],
      [
        `method: random\nsearch: {seed: 3, n_startup_trials: 2, constant_liar: true}\n${seeds}`,
        [
          "3: search.n_startup_trials: has no effect on method random",
          "3: search.constant_liar: has no effect on method random",
        ],
      ],
      [`method: grid\nsearch: {seed: 3}\n${seeds}`, ["3: search.seed: has no effect on method grid"]],
      [
        `method: grid\nseeds: [3]\n${seeds}`,
        ["3: seeds: expected either seeds or the parameter seed, got both: the parameter takes its place"],
      ],
      [
        "method: grid\nparameters: {name: {values: [a, b]}}",
        ["3: parameters.name: has no effect: runs are named after the sweep and the number of the trial"],
      ],
      [
        `method: grid\n${metric}\nearly_terminate: {type: hyperband, min_iter: 3, max_iter: 9, s: 2}\n${seeds}`,
        [
          "4: early_terminate.min_iter: expected either min_iter, or max_iter and s: beside max_iter it has no effect",
        ],
      ],
      [
        `method: grid\n${metric}\nearly_terminate: {type: hyperband, min_iter: 3, s: 2}\n${seeds}`,
        ["4: early_terminate.s: expected beside max_iter only: with min_iter it has no effect"],
      ],
      [
        `method: grid\n${seeds}\nvariants:\n  smoke: {run_cap: 2, parametres: {}}\n  tiny: {run_cap: 0}`,
        [
          "5: parametres: unknown key, did you mean parameters? (known: name, description, experiment, method, metric, parameters, early_terminate, prune, run_cap, seeds, search, evaluate, launcher, variants, report)",
          "6: run_cap: expected a whole number of configurations, at least 1, got 0",
        ],
      ],
    ];
    for (const [text, expected] of cases) assert.deepEqual(problems(text), expected);
    assert.equal(sweepOf(`method: random\nsearch: {seed: 3}\n${seeds}`).search.seed, 3);
  });

  it("are refused of the command line: a key that is not there, or is the sweep's own", () => {
    const removing = (text: string, ...overrides: string[]) => problems(text, { overrides });
    const none = "expected a key that the experiment's file has, got ~, which has no effect";
    const own = "expected no ~: it is a parameter of the sweep";
    const sweep = `method: grid\n${seeds}`;
    assert.deepEqual(removing(sweep, "~tags"), [`command line: tags: ${none}`]);
    assert.deepEqual(removing(sweep, "~image.size", "~image.size"), [`command line: image.size: ${none}`]);
    assert.deepEqual(removing(sweep, "~seed"), [`command line: seed: ${own}`]);
    assert.deepEqual(removing(sweep, "~image.size", "image.size=32"), [`command line: image.size: ${own}`]);
    assert.deepEqual(sweepOf(sweep, { overrides: ["~image.size"] }).removed, ["image.size"]);
    assert.deepEqual(problemsOfSweep(base, { file: "sweeps/base.yaml", overrides: ["seed=1,2", "~seed"] }), [
      `command line: seed: ${own}`,
    ]);
  });

  it("log_uniform given values is asked for its exponents", () => {
    const rate = (range: string) =>
      problems(`method: random\nparameters:\n  train.optimizer.learning_rate: {distribution: ${range}}`);
    assert.deepEqual(rate("log_uniform, min: 0.0001, max: 0.1"), [
      "4: parameters.train.optimizer.learning_rate.distribution: expected log_uniform_values for values from 0.0001 to 0.1: this one takes exponents, and would draw from 1 to 1.105",
    ]);
    assert.match(
      rate("inv_log_uniform, min: 1.0e-5, max: 0.1")[0]!,
      /expected inv_log_uniform_values for values/,
    );
    assert.match(
      rate("q_log_uniform, min: 0.001, max: 1, q: 0.1")[0]!,
      /expected q_log_uniform_values for values/,
    );
    for (const text of [
      "train.optimizer.learning_rate: {distribution: log_uniform, min: -9, max: -2}",
      "train.batch_size: {distribution: q_log_uniform, min: 1, max: 3}",
    ])
      assert.equal(sweepOf(`method: random\nparameters: {${text}}`).parameters.length, 1);
  });

  it("what W&B's file says about the place of a sweep is noted", () => {
    const { notes } = read(`experiment: base.yaml\nentity: me\nmethod: grid\n${seeds}`);
    assert.deepEqual(notes, ["sweeps/demo.yaml:2: entity: not used, the sweep stays on this machine"]);
  });
});
