import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { Distribution } from "../../src/sweep/sweep.ts";
import { trialExperiments } from "../../src/sweep/trial-experiment.ts";
import { problemsOf } from "../experiment/fixtures.ts";
import { problems, read, sweepOf } from "./fixtures.ts";

function distribution(text: string, method = "random"): Distribution {
  const parameters = `{train.optimizer.learning_rate: ${text}, seed: {min: 1, max: 9}}`;
  return sweepOf(`method: ${method}\nparameters: ${parameters}`).parameters[0]!.distribution;
}

describe("a sweep file", () => {
  it("is W&B's, with an experiment beside it", () => {
    const { sweep, notes } = read(`program: train.py
project: colors
command: [python, "\${program}", "\${args}"]
experiment: base.yaml
name: first
description: A sweep.
method: bayes
metric: {name: unseen.psnr, goal: maximize, target: 30}
early_terminate: {type: hyperband, min_iter: 3}
run_cap: 20
parameters:
  train.optimizer.name: {values: [adam, sgd]}
  train:
    parameters:
      epochs: {value: 12}
      optimizer:
        parameters:
          learning_rate: {distribution: log_uniform_values, min: 1e-5, max: 1e-1}
`);
    assert.deepEqual(notes, [
      "sweeps/demo.yaml:1: program: not used, trials are trained by Hueristic itself",
      "sweeps/demo.yaml:2: project: not used, the sweep stays on this machine",
      "sweeps/demo.yaml:3: command: not used, trials are trained by Hueristic itself",
    ]);
    const { parameters, base, ...rest } = sweep;
    assert.deepEqual(rest, {
      name: "first",
      description: "A sweep.",
      method: "bayes",
      metric: { series: "unseen/psnr", goal: "maximize", target: 30 },
      search: { seed: 1, nStartupTrials: 10, nEiCandidates: 24, constantLiar: true },
      prune: { type: "wandb_hyperband", bands: { minIter: 3 }, eta: 3, strict: true },
      runCap: 20,
      seeds: [],
      evaluateOthers: false,
      removed: [],
    });
    assert.deepEqual(
      parameters.map(({ name, place, distribution }) => [name, place.line, distribution.kind]),
      [
        ["train.optimizer.name", 12, "categorical"],
        ["train.epochs", 15, "constant"],
        ["train.optimizer.learning_rate", 18, "uniform"],
      ],
    );
    assert.equal(base.file, "sweeps/base.yaml");
    assert.deepEqual(Object.keys(base.texts), ["/project/sweeps/base.yaml"]);
  });

  it("infers a distribution as W&B does, from what was written", () => {
    assert.deepEqual(distribution("{value: 0.1}"), { kind: "constant", value: 0.1 });
    assert.deepEqual(distribution("{values: [0.1, 1]}"), {
      kind: "categorical",
      values: [0.1, 1],
      probabilities: null,
    });
    assert.deepEqual(distribution("{min: 1, max: 3}"), { kind: "int_uniform", min: 1, max: 3 });
    assert.deepEqual(distribution("{min: 1.0, max: 3}"), {
      kind: "uniform",
      min: 1,
      max: 3,
      q: null,
      log: false,
    });
  });

  it("knows every distribution of W&B's schema but beta", () => {
    const uniform = (min: number, max: number, q: number | null, log: boolean) => ({
      kind: "uniform" as const,
      min,
      max,
      q,
      log,
    });
    const normal = (mu: number, sigma: number, q: number | null, log: boolean) => ({
      kind: "normal" as const,
      mu,
      sigma,
      q,
      log,
    });
    const e = Math.E;
    const cases: [string, Distribution][] = [
      ["{distribution: constant, value: 1}", { kind: "constant", value: 1 }],
      [
        "{distribution: categorical_w_probabilities, values: [1, 2], probabilities: [0.25, 0.75]}",
        { kind: "categorical", values: [1, 2], probabilities: [0.25, 0.75] },
      ],
      ["{distribution: int_uniform, min: 1, max: 2}", { kind: "int_uniform", min: 1, max: 2 }],
      ["{distribution: uniform, min: 1, max: 2}", uniform(1, 2, null, false)],
      ["{distribution: q_uniform, min: 1, max: 2, q: 0.5}", uniform(1, 2, 0.5, false)],
      ["{distribution: q_uniform, min: 1, max: 9}", uniform(1, 9, 1, false)],
      ["{distribution: log_uniform, min: -1, max: 0}", uniform(1 / e, 1, null, true)],
      ["{distribution: log_uniform_values, min: 1e-3, max: 1}", uniform(1e-3, 1, null, true)],
      ["{distribution: q_log_uniform, min: 0, max: 1, q: 0.5}", uniform(1, e, 0.5, true)],
      ["{distribution: q_log_uniform_values, min: 1, max: 8, q: 2}", uniform(1, 8, 2, true)],
      ["{distribution: inv_log_uniform, min: 0, max: 1}", uniform(1 / e, 1, null, true)],
      ["{distribution: inv_log_uniform_values, min: 1e-3, max: 1}", uniform(1e-3, 1, null, true)],
      ["{distribution: log_normal, mu: -6}", normal(-6, 1, null, true)],
      ["{distribution: q_log_normal, sigma: 2, q: 0.25}", normal(0, 2, 0.25, true)],
    ];
    for (const [text, expected] of cases) assert.deepEqual(distribution(text), expected, text);
    // A normal distribution reaches below 0, where no learning rate is: it is tried on another key.
    const { parameters } = sweepOf(
      "method: random\nparameters:\n  train.augment.crop: {distribution: q_normal, mu: 1.5, sigma: 0.01, q: 0.1}",
    );
    assert.deepEqual(parameters[0]!.distribution, normal(1.5, 0.01, 0.1, false));
  });

  it("says everything that is wrong at once, with its line", () => {
    assert.deepEqual(
      problems(`metod: grid
method: gird
metric: {name: loss, goal: minimise}
run_cap: 0
seeds: [1, 1]
early_terminate: {type: hyperbnd}
prune: {type: median, n_startup_trails: 3}
job: launch
parameters:
  train.epochs: 3
  train.batch_size: {max: 3, q: 1}
  train.seed: {distribution: beta}
  train:
    parameters:
      epochs: {valus: [1]}
  model: {values: []}
`),
      [
        "2: metod: unknown key, did you mean method? (known: name, description, experiment, method, metric, parameters, early_terminate, prune, run_cap, seeds, search, evaluate, launcher, variants, report)",
        '3: method: expected one of grid, random, bayes, got "gird", did you mean grid?',
        '4: metric.name: expected a series such as unseen/loss or unseen.psnr (hueristic show lists them), got "loss"',
        '4: metric.goal: expected one of minimize, maximize, got "minimise", did you mean minimize?',
        "5: run_cap: expected a whole number of configurations, at least 1, got 0",
        "6: seeds: expected every seed once, got a list",
        '7: early_terminate.type: expected hyperband, got "hyperbnd", did you mean hyperband?',
        "8: prune.n_startup_trails: unknown key, did you mean n_startup_trials? (known: type, n_startup_trials, n_warmup_steps, interval_steps, n_min_trials)",
        "9: job: W&B Launch is not supported: leave it out",
        "11: parameters.train.epochs: expected value, values, or min and max, got 3",
        "12: parameters.train.batch_size.min: expected a whole number, got nothing",
        "12: parameters.train.batch_size.q: unknown key (known: distribution, min, max)",
        '13: parameters.train.seed.distribution: expected one of constant, categorical, int_uniform, uniform, q_uniform, log_uniform, log_uniform_values, q_log_uniform, q_log_uniform_values, inv_log_uniform, inv_log_uniform_values, normal, q_normal, log_normal, q_log_normal, got "beta"',
        "16: parameters.train.parameters.epochs: expected value, values, or min and max, got a mapping",
        "17: parameters.model.values: expected at least one value, got a list",
      ],
    );
  });

  it("says what is impossible together", () => {
    const cases: [string, string[]][] = [
      ["method: grid", ["1: parameters: expected at least one parameter, or seeds, got none"]],
      [
        "method: bayes\nparameters: {seed: {min: 1, max: 9}}",
        ["2: method: expected a metric for bayes, such as metric: {name: unseen/loss}, got none"],
      ],
      [
        "method: grid\nmetric: {name: unseen/loss}\nprune: {type: median}\nearly_terminate: {type: hyperband, max_iter: 9}\nparameters: {seed: {value: 1}}",
        ["4: prune: expected either early_terminate or prune, got both"],
      ],
      [
        "method: grid\nmetric: {name: unseen/loss}\nearly_terminate: {type: hyperband, max_iter: 9}\nparameters: {seed: {value: 1}}",
        ["4: early_terminate: expected s beside max_iter: how many epochs to judge at"],
      ],
      [
        "method: grid\nmetric: {name: unseen/loss}\nprune: {type: hyperband, bootstrap_count: 2}\nparameters: {seed: {value: 1}}",
        ["4: prune.max_resource: expected a number of epochs beside bootstrap_count, got auto"],
      ],
      [
        "method: grid\nparameters:\n  seed: {min: 3, max: 3}\n  train.optimizer.learning_rate: {min: 0.1, max: 1}\n  train.epochs: {values: [1, 2], probabilities: [0.5, 0.5]}",
        [
          "4: parameters.seed.max: expected more than min, which is 3, got 3; a single value is written value: 3",
          "5: parameters.train.optimizer.learning_rate: expected value, values, int_uniform or q_uniform for method grid, got uniform; random and bayes take it",
          "6: parameters.train.epochs: expected value, values, int_uniform or q_uniform for method grid, got probabilities; random and bayes take it",
        ],
      ],
      [
        "method: random\nparameters: {train.augment.crop: {distribution: q_uniform, min: 1.1, max: 1.4, q: 0.5}}",
        [
          "3: parameters.train.augment.crop.q: expected one of which a multiple lies between min and max, got 0.5",
        ],
      ],
      [
        "method: random\nparameters:\n  seed: {values: [1, 2], probabilities: [0.5]}\n  train.epochs: {values: [1, 2], probabilities: [0.5, 0.6]}",
        [
          "4: parameters.seed.probabilities: expected one for each of the 2 values, got 1",
          "5: parameters.train.epochs.probabilities: expected 1 in sum, got 1.1",
        ],
      ],
      [
        "method: grid\nparameters:\n  seed: {value: 1}\n  seed.x: {value: 1}\n  train:\n    value: 3\n    parameters: {epochs: {value: 1}}\n  train.epochs: {value: 2}",
        [
          "6: parameters.train: expected nothing beside nested parameters, got value",
          "9: parameters.train.epochs: expected train.epochs once, got it again",
        ],
      ],
    ];
    for (const [text, expected] of cases) assert.deepEqual(problems(text), expected);
  });

  it("names the experiment, which must be there", () => {
    const text = "method: grid\nparameters: {seed: {values: [1, 2]}}";
    assert.deepEqual(
      problemsOf(() => read(text)),
      [
        "sweeps/demo.yaml:1: experiment: expected the file of an experiment, such as experiment: base.yaml, got none",
      ],
    );
    assert.deepEqual(
      problemsOf(() => read(`${text}\nexperiment: bas.yaml`)),
      [
        'sweeps/demo.yaml:3: experiment: expected an experiment file, got "sweeps/bas.yaml", which does not exist, did you mean base.yaml?',
      ],
    );
    assert.equal(read(text, { experiment: "sweeps/base.yaml" }).sweep.base.file, "sweeps/base.yaml");
    assert.deepEqual(
      problemsOf(() => read("model: beta")),
      [
        'sweeps/demo.yaml:1: expected a sweep, such as "method: grid" with parameters, or an experiment followed by such as train.batch_size=16,32; got neither method nor parameters',
      ],
    );
  });

  it("refuses what no trial could be trained with, with the line of the parameter", () => {
    assert.deepEqual(problems("method: grid\nparameters:\n  train.optimiser.name: {values: [adam]}"), [
      "4: train.optimiser: unknown key, did you mean optimizer? (known: epochs, batch_size, last_batch, accumulate, optimizer, discriminator_optimizer, schedule, augment)",
    ]);
    assert.match(
      problems("method: random\nparameters:\n  batch_size: {min: 1, max: 8}")[0]!,
      /^4: batch_size: unknown key, did you mean train\.batch_size\?/,
    );
    assert.deepEqual(problems("method: grid\nparameters:\n  train.optimizer.name: {values: [adam, sdg]}"), [
      '4: train.optimizer.name: expected one of sgd, momentum, rmsprop, adagrad, adadelta, adam, adamax, adamw, got "sdg", did you mean sgd?',
    ]);
    assert.deepEqual(
      problems(
        "method: grid\nparameters:\n  train.optimizer.name: {values: [adam, sgd]}\n  train.optimizer.beta1: {values: [0.5, 0.9]}",
      ),
      ["5: train.optimizer.beta1: unknown key for name sgd (known: name, learning_rate)"],
    );
    assert.deepEqual(problems("method: random\nparameters:\n  train.batch_size: {min: 1, max: 100}"), [
      "4: train.batch_size: expected at most the 58 images left to train on, got 100",
    ]);
  });

  it("has variants, which replace its keys and the parameters that they name", () => {
    const text = `method: grid
run_cap: 100
parameters:
  train.optimizer.name: {values: [adam, sgd, rmsprop]}
  train.epochs: {value: 50}
variants:
  smoke:
    run_cap: 4
    parameters:
      train.epochs: {value: 1}
      train: {parameters: {batch_size: {value: 8}}}
`;
    const names = (variant: string | null) =>
      sweepOf(text, { variant }).parameters.map(({ name, distribution }) => [
        name,
        "value" in distribution ? distribution.value : null,
      ]);
    assert.deepEqual(names(null), [
      ["train.optimizer.name", null],
      ["train.epochs", 50],
    ]);
    assert.deepEqual(names("smoke"), [
      ["train.optimizer.name", null],
      ["train.epochs", 1],
      ["train.batch_size", 8],
    ]);
    assert.equal(sweepOf(text, { variant: "smoke" }).runCap, 4);
    assert.deepEqual(problems(text, { variant: "smok" }), [
      '7: variants: expected one that the file has, got "smok", did you mean smoke? (known: smoke)',
    ]);
    assert.deepEqual(problems(text.replace("{value: 1}", "{vale: 1}")), [
      "11: parameters.train.epochs: expected value, values, or min and max, got a mapping",
    ]);
  });
});

describe("the experiment of a trial", () => {
  it("is the base with the parameters and the seed laid over it", () => {
    const sweep = sweepOf(
      "method: grid\nparameters:\n  train.optimizer.learning_rate: {values: [0.1]}\n  train.optimizer: {values: [sgd, {name: adam, beta1: 0.5}]}\n  seed: {value: 4}",
    );
    const experimentOf = trialExperiments(sweep);
    const first = experimentOf(
      { "train.optimizer.learning_rate": 0.1, "train.optimizer": "sgd", seed: 4 },
      null,
    );
    // The section first, then what is in it, whatever the order of the file.
    assert.deepEqual(first.train.optimizer, { name: "sgd", learning_rate: 0.1 });
    assert.equal(first.seed, 4);
    const second = experimentOf({ "train.optimizer": { name: "adam", beta1: 0.5 } }, 7);
    assert.deepEqual(second.train.optimizer, {
      name: "adam",
      learning_rate: 0.001,
      beta1: 0.5,
      beta2: 0.999,
      epsilon: 1e-8,
    });
    assert.equal(second.seed, 7);
  });

  it("takes the usual values of a model that the sweep asks for", () => {
    const sweep = sweepOf(
      "method: grid\nparameters:\n  model: {values: [beta, {kind: pix2pix, color: rgb}]}\n  image.size: {value: 32}",
      { experiment: null },
    );
    const experiment = trialExperiments(sweep)({ model: "pix2pix", "image.size": 32 }, null);
    assert.deepEqual(experiment.train.optimizer, {
      name: "adam",
      learning_rate: 0.001,
      beta1: 0.5,
      beta2: 0.999,
      epsilon: 1e-8,
    });
  });

  it("has paths that begin where the sweep was written, items of lists, and texts that were kept", () => {
    const { sweep } = read(
      `experiment: ../experiments/child.yaml
method: grid
parameters:
  dataset.root: {values: [../data/a, /data/b]}
  tags.1: {values: [x]}
`,
      {},
      {
        "/project/experiments/child.yaml": "extends: parent.yaml\ntags: [a, b]\n",
        "/project/experiments/parent.yaml": "dataset: {kind: folder, root: elsewhere}\n",
      },
    );
    const stored = JSON.parse(JSON.stringify(sweep));
    const experiment = trialExperiments(stored)({ "dataset.root": "../data/a", "tags.1": "x" }, null);
    assert.equal((experiment.dataset as { root: string }).root, "/project/data/a");
    assert.deepEqual(experiment.tags, ["a", "x"]);
    assert.throws(
      () => trialExperiments(stored)({ "tags.1": "" }, null),
      /sweeps\/demo\.yaml:5: tags\[1\]: expected a text that is not empty/,
    );
  });
});
