// Golden texts of everything that can be wrong with an experiment: constructed, compared exactly.

import assert from "node:assert/strict";
import { test } from "node:test";
import { completeExperiment } from "../../src/experiment/complete-experiment.ts";
import { memoryFiles, problemsOf, resolve } from "./fixtures.ts";

const topKeys =
  "extends, name, description, tags, seed, engine, device, precision, deterministic, model, dataset, image, train, samples, checkpoint, log, metrics, evaluate, report";

/** The problems of a text without the file's name in front. */
function problems(text: string, ...overrides: string[]): string[] {
  return problemsOf(() => resolve(text, overrides)).map((line) =>
    line.replace(/^experiments\/demo\.yaml:/, ""),
  );
}

test("all problems of a file at once, each with its line", () => {
  const text = `modle: beta
epochs: 3
dataset:
  kind: coc
train:
  epohcs: 2
  batch_size: 0.5
  optimizer: {name: adam, momentum: 3, beta1: 1}
  schedule: {kind: linear, decay_epochs: -1}
samples: {every: 0, seen: "4"}
image: {size: 60}
engine: tensorflwo
tags: {a: 1}
seed: .inf
name: 2024
__proto__: {a: 1}
`;
  assert.deepEqual(
    problemsOf(() => resolve(text)),
    [
      `experiments/demo.yaml:1: modle: unknown key, did you mean model? (known: ${topKeys})`,
      `experiments/demo.yaml:2: epochs: unknown key, did you mean train.epochs? (known: ${topKeys})`,
      'experiments/demo.yaml:4: dataset.kind: expected one of coco, celeba, cifar10, cifar100, folder, synthetic, union, got "coc", did you mean coco?',
      "experiments/demo.yaml:6: train.epohcs: unknown key, did you mean epochs? (known: epochs, batch_size, last_batch, accumulate, optimizer, discriminator_optimizer, schedule, augment)",
      "experiments/demo.yaml:7: train.batch_size: expected a whole number of images, at least 1, got 0.5",
      "experiments/demo.yaml:8: train.optimizer.beta1: expected a number of at least 0 and less than 1, got 1",
      "experiments/demo.yaml:8: train.optimizer.momentum: unknown key for name adam (known: name, learning_rate, beta1, beta2, epsilon)",
      "experiments/demo.yaml:9: train.schedule.decay_epochs: expected a whole number of epochs, at least 1, got -1",
      "experiments/demo.yaml:10: samples.every: expected a whole number of epochs, at least 1, got 0",
      'experiments/demo.yaml:10: samples.seen: expected a whole number of images, 0 to 256, got "4"',
      "experiments/demo.yaml:11: image.size: expected a multiple of 8 for the model beta, got 60",
      'experiments/demo.yaml:12: engine: expected one of auto, onnx, torch, tensorflow, got "tensorflwo", did you mean tensorflow?',
      "experiments/demo.yaml:13: tags: expected a list of words, got a mapping",
      "experiments/demo.yaml:14: seed: expected a whole number, at least 0, got .inf",
      "experiments/demo.yaml:15: name: expected a text that is not empty, got 2024, which YAML takes for a text only in quotes",
      `experiments/demo.yaml:16: __proto__: unknown key (known: ${topKeys})`,
    ],
  );
});

const least = "model: beta\ndataset: synthetic\n";

const impossible: readonly [text: string, ...expected: string[]][] = [
  [
    `${least}train: {batch_size: 10, accumulate: 4}\n`,
    "3: train.accumulate: expected a number that divides train.batch_size, 10, without rest, got 4",
  ],
  [`${least}image: {size: 60}\n`, "3: image.size: expected a multiple of 8 for the model beta, got 60"],
  [
    `${least}train: {epochs: 3, schedule: {kind: linear, decay_epochs: 4}}\n`,
    "3: train.schedule.decay_epochs: expected at most the 3 of train.epochs, got 4",
  ],
  [
    `${least}train: {epochs: 3, schedule: {kind: cosine, warmup_epochs: 4}}\n`,
    "3: train.schedule.warmup_epochs: expected at most the 3 of train.epochs, got 4",
  ],
  [
    "model: beta\ndataset: {kind: coco, root: x, unseen_split: val2017, holdout: 0.2}\n",
    '2: dataset.unseen_split: expected either unseen_split or holdout, got both ("val2017" and 0.2)',
  ],
  [
    "model: beta\ndataset: {kind: celeba, root: x, unseen_split: train}\n",
    '2: dataset.unseen_split: expected another split than dataset.split, got "train" for both',
  ],
  [
    "model: beta\ndataset: {kind: synthetic, count: 100, holdout: 0.001}\n",
    "2: dataset.holdout: expected a share that leaves at least 1 of 100 images unseen, got 0.001",
  ],
  [
    "model: beta\ndataset: {kind: synthetic, holdout: 1}\n",
    "2: dataset.holdout: expected a share greater than 0 and less than 1, got 1",
  ],
  [
    "model: beta\ndataset: {kind: synthetic, count: 10}\n",
    " train.batch_size: expected at most the 9 images left to train on, got 16",
  ],
  [
    "model: beta\ndataset: {kind: folder, root: x, limit: 15}\n",
    " train.batch_size: expected at most the 14 images left to train on, got 16",
  ],
  [
    "model: beta\ndataset: {kind: coco, root: x, unseen_split: val2017, limit: 7}\n",
    " train.batch_size: expected at most the 7 images left to train on, got 16",
  ],
  [
    "model: beta\ndataset: {kind: celeba, root: x}\nevaluate: {faces: {kind: celeba, root: x, unseen_split: train}}\n",
    '3: evaluate.faces.unseen_split: expected another split than evaluate.faces.split, got "train" for both',
  ],
  [
    "model: beta\ndataset:\n  kind: union\n  parts:\n    - {dataset: synthetic}\n    - {dataset: {kind: celeba, root: x, unseen_split: train}}\n",
    "5: dataset.parts[0].dataset: expected an unseen split or folder in every part or in none, got one in part 1 and none here",
    '6: dataset.parts[1].dataset.unseen_split: expected another split than dataset.parts[1].dataset.split, got "train" for both',
  ],
  [
    "model: beta\ndataset: {kind: synthetic, count: 20}\ntrain: {batch_size: 19}\n",
    "3: train.batch_size: expected at most the 18 images left to train on, got 19",
  ],
  [
    `${least}train: {epochs: 3, batch_size: 0, schedule: {kind: linear, decay_epochs: 4}}\n`,
    "3: train.batch_size: expected a whole number of images, at least 1, got 0",
    "3: train.schedule.decay_epochs: expected at most the 3 of train.epochs, got 4",
  ],
  [
    `${least}train: {schedule: linear}\n`,
    "3: train.schedule.decay_epochs: expected a whole number of epochs, at least 1, got nothing",
  ],
  [
    `${least}train: {optimizer: {learning_rate: 0}}\n`,
    "3: train.optimizer.learning_rate: expected a number greater than 0, got 0",
  ],
  [
    `${least}train: {optimizer: {name: sgd, beta1: 0.5}}\n`,
    "3: train.optimizer.beta1: unknown key for name sgd (known: name, learning_rate)",
  ],
  [`${least}image: {size: 2048}\n`, "3: image.size: expected a whole number of pixels, 8 to 1024, got 2048"],
  [`${least}seed: 1e20\n`, "3: seed: expected a whole number, 0 to 9007199254740991, got 1e20"],
  [
    `${least}train: {epochs: 1e300}\n`,
    "3: train.epochs: expected a whole number of epochs, 1 to 9007199254740991, got 1e300",
  ],
  ["seed: 1\n", "1: dataset: expected a mapping such as {kind: synthetic}, got nothing"],
  ["dataset: coco\n", "1: dataset.root: expected a text that is not empty, got nothing"],
  [`${least}train: {epochs: 0}\n`, "3: train.epochs: expected a whole number of epochs, at least 1, got 0"],
  [
    `${least}checkpoint: {every: 0, keep: 0}\n`,
    "3: checkpoint.every: expected a whole number of epochs, at least 1, got 0",
    "3: checkpoint.keep: expected a whole number of checkpoints, at least 1, got 0",
  ],
  [
    `${least}image: {size: 12}\ntrain: {epochs: x}\n`,
    "3: image.size: expected a multiple of 8 for the model beta, got 12",
    '4: train.epochs: expected a whole number of epochs, at least 1, got "x"',
  ],
];

for (const [text, ...expected] of impossible) {
  test(`impossible: ${expected[0]}`, () => assert.deepEqual(problems(text), expected));
}

const nines = (name: string) => `[${Array.from({ length: 9 }, () => name).join(", ")}]`;

const unreadable: readonly [text: string, ...expected: string[]][] = [
  ["", "1: expected an experiment, got an empty file"],
  ["# a comment\n", "1: expected an experiment, got an empty file"],
  ["- a\n- b\n", '1: expected a mapping such as "model: beta", got a list'],
  ["hello\n", '1: expected a mapping such as "model: beta", got "hello"'],
  [
    "seed: 1\na: b: c\n",
    "2: expected valid YAML, got an error: nested mappings are not allowed in compact mappings",
  ],
  ["\tseed: 1\n", "1: expected valid YAML, got an error: tabs are not allowed as indentation"],
  ["seed: 1\n---\nseed: 2\n", "2: expected one YAML document, got a second one"],
  ["seed: !odd 1\n", "1: expected valid YAML, got an error: unresolved tag: !odd"],
  ["seed: 1\nname: a\nseed: 2\n", "3: seed: expected this key once, got it again (first in line 1)"],
  ["seed: *b\n", "1: seed: expected a value, got the alias *b, which has no anchor"],
  ["tags: &a [*a]\n", "1: tags[0]: expected a value, got the alias *a, which contains itself"],
  ["? [a]\n: b\n", "1: expected a word as key, got a list, a mapping or an alias"],
  [
    `a: &a ${nines("x")}\nb: &b ${nines("*a")}\nc: &c ${nines("*b")}\nd: &d ${nines("*c")}\ne: ${nines("*d")}\n`,
    "1: expected at most 20000 values, got more once its aliases are followed",
  ],
  // Following an alias must not look through the whole text.
  [
    `x: &x {a: 1}\ny: [${"*x, ".repeat(60_000)}]\n`,
    "1: expected at most 20000 values, got more once its aliases are followed",
  ],
  ["seed: !!omap [a: 1]\n", '1: seed: expected a plain value, got the YAML tag "tag:yaml.org,2002:omap"'],
  ['extends: "a\\0b"\n', "1: extends: expected text, got the control character U+0000 in it"],
  ['"\\e[31mred": 1\n', "1: expected text, got the control character U+001B in it"],
  ["[".repeat(20_000), "1: expected an experiment, got YAML that is nested too deeply"],
  ["x".repeat(300_000), "1: expected an experiment of at most 256 kB, got a larger file"],
  [
    "model:\ndataset:\n",
    "1: model: expected a mapping such as {kind: beta}, got nothing",
    "2: dataset: expected a mapping such as {kind: synthetic}, got nothing",
  ],
];

for (const [text, ...expected] of unreadable) {
  test(`unreadable: ${expected[0]}`, () => assert.deepEqual(problems(text), expected));
}

test("of very many problems the first are told, and how many more there are", () => {
  const found = problems(`${least}${Array.from({ length: 9000 }, (_, at) => `k${at}: 1\n`).join("")}`);
  assert.equal(found.length, 21);
  assert.equal(found.at(-1), "and 8980 more problems");
});

test("problems on the command line", () => {
  const overrides = ["train.epohcs=3", "seed", "=3", "a..b=2", "seed=[1", "extends=x", "dataset.root=/x"];
  assert.deepEqual(problems(least, ...overrides, "train.optimizer.name=sdg"), [
    "command line: dataset.root: unknown key for kind synthetic (known: kind, count, limit, holdout, seed, greyscale)",
    'command line: train.optimizer.name: expected one of sgd, momentum, rmsprop, adagrad, adadelta, adam, adamax, adamw, got "sdg", did you mean sgd?',
    "command line: train.epohcs: unknown key, did you mean epochs? (known: epochs, batch_size, last_batch, accumulate, optimizer, discriminator_optimizer, schedule, augment)",
    'command line: expected key.path=value, got "seed"',
    'command line: expected key.path=value, got "=3"',
    'command line: expected key.path=value, got "a..b=2"',
    "command line: seed: expected a comma or ], got the end",
    "command line: extends: expected in a file only, got it on the command line",
  ]);
});

test("a key that is missing is missed in the file, not where an override touched the section", () => {
  const text = "model: beta\ndataset:\n  kind: folder\n";
  assert.deepEqual(problems(text, "dataset.limit=50"), [
    "2: dataset.root: expected a text that is not empty, got nothing",
  ]);
});

test("problems of parents are reported in the parent, with its line", () => {
  const parents = (parent: string) => memoryFiles({ "/project/experiments/base.yaml": parent });
  const child = "extends: base.yaml\nmodel: beta\n";
  const lines = (parent: string, text = child) => problemsOf(() => resolve(text, [], parents(parent)));
  assert.deepEqual(lines("dataset: synthetic\nseed: x\n"), [
    'experiments/base.yaml:2: seed: expected a whole number, at least 0, got "x"',
  ]);
  assert.deepEqual(lines("seed: 1\nextends: demo.yaml\n"), [
    "experiments/base.yaml:2: extends: expected files that end somewhere, got a circle: demo.yaml -> base.yaml -> demo.yaml",
  ]);
  assert.deepEqual(lines("a: b: c\n"), [
    "experiments/base.yaml:1: expected valid YAML, got an error: nested mappings are not allowed in compact mappings",
  ]);
  assert.deepEqual(lines("", "model: beta\nextends: [3, bsae.yaml]\n"), [
    "experiments/demo.yaml:2: extends: expected a file or a list of files, got 3",
    'experiments/demo.yaml:2: extends: expected an experiment file, got "bsae.yaml", which does not exist, did you mean base.yaml?',
  ]);
});

test("what only a file can have is not proposed as what was meant", () => {
  const written = { dataset: "synthetic", extends: "base.yaml", report: { title: "x" } };
  assert.throws(() => completeExperiment(written), {
    name: "UserError",
    message:
      "experiment: extends: expected in an experiment's file only\nexperiment: report: expected in an experiment's file only",
  });
});

test("few images: as many are held out as a run holds out, whatever is drawn of them", () => {
  const { samples, dataset } = resolve(
    "model: alpha\ndataset: {kind: synthetic, count: 40, holdout: 0.05}\ntrain: {batch_size: 38}\n",
  );
  assert.deepEqual([samples.unseen, dataset.holdout], [8, 0.05]);
  // Files may be copies of each other: how many are unseen is known once they are read.
  resolve(
    "model: alpha\ndataset: {kind: folder, root: x, limit: 20, holdout: 0.5}\ntrain: {batch_size: 19}\n",
  );
});
