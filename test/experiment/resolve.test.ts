// Complete experiments: defaults, shorthands, composition, overrides.

import assert from "node:assert/strict";
import { homedir } from "node:os";
import { test } from "node:test";
import { resolveExperiment } from "../../src/experiment/complete-experiment.ts";
import { experimentToYaml } from "../../src/experiment/text/experiment-to-yaml.ts";
import { memoryFiles, resolve } from "./fixtures.ts";

const least = "dataset: synthetic\n";

test("the shortest experiment is complete", () => {
  assert.deepEqual(resolve(least), {
    name: "demo",
    description: "",
    tags: [],
    seed: 1,
    engine: "auto",
    device: "auto",
    precision: "float32",
    deterministic: false,
    model: { kind: "beta" },
    dataset: { kind: "synthetic", count: 640, limit: null, holdout: 0.1, seed: 1, greyscale: "drop" },
    image: { size: 64 },
    train: {
      epochs: 20,
      batch_size: 16,
      last_batch: "drop",
      accumulate: 1,
      optimizer: { name: "adam", learning_rate: 1e-3, beta1: 0.9, beta2: 0.999, epsilon: 1e-8 },
      discriminator_optimizer: null,
      augment: { flip: false, crop: 1, rotate: 0, zoom: 0 },
      schedule: { kind: "constant" },
    },
    samples: { every: 5, seen: 8, unseen: 8, each: 8, measured: 256 },
    checkpoint: { every: 5, keep: 2 },
    log: { tensorboard: null },
    metrics: ["psnr", "ssim", "ciede2000", "ab_l2", "auc", "colorfulness", "clipped"].map((name) => ({
      name,
    })),
    evaluate: {},
  });
});

test("every optimizer has its numbers", () => {
  const numbers = (name: string) => resolve(`${least}train: {optimizer: ${name}}`).train.optimizer;
  const epsilon = 1e-8;
  assert.deepEqual(numbers("sgd"), { name: "sgd", learning_rate: 1e-2 });
  assert.deepEqual(numbers("momentum"), { name: "momentum", learning_rate: 1e-2, momentum: 0.9 });
  assert.deepEqual(numbers("rmsprop"), { name: "rmsprop", learning_rate: 1e-3, decay: 0.99, epsilon });
  assert.deepEqual(numbers("adagrad"), {
    name: "adagrad",
    learning_rate: 1e-2,
    epsilon: 1e-10,
    initial_accumulator: 0,
  });
  assert.deepEqual(numbers("adadelta"), { name: "adadelta", learning_rate: 1, decay: 0.9, epsilon: 1e-6 });
  assert.deepEqual(numbers("adamax"), {
    name: "adamax",
    learning_rate: 2e-3,
    beta1: 0.9,
    beta2: 0.999,
    epsilon,
  });
  assert.deepEqual(numbers("adamw"), {
    name: "adamw",
    learning_rate: 1e-3,
    beta1: 0.9,
    beta2: 0.999,
    epsilon,
    weight_decay: 1e-2,
  });
});

test("schedules", () => {
  const schedule = (text: string) => resolve(`${least}train: {epochs: 9, schedule: ${text}}`).train.schedule;
  assert.deepEqual(schedule("{kind: linear, decay_epochs: 9}"), { kind: "linear", decay_epochs: 9 });
  assert.deepEqual(schedule("cosine"), { kind: "cosine", warmup_epochs: 0 });
  assert.deepEqual(schedule("{kind: cosine, warmup_epochs: 0.5}"), { kind: "cosine", warmup_epochs: 0.5 });
  assert.deepEqual(schedule("{kind: step, every_epochs: 3}"), { kind: "step", every_epochs: 3, factor: 0.1 });
});

test("a relative root starts at the file, on the command line at the current folder", () => {
  const text = "model: beta\ndataset: {kind: folder, root: ../photos}\n";
  const root = (...overrides: string[]) => {
    const { dataset } = resolve(text, overrides);
    assert.equal(dataset.kind, "folder");
    return "root" in dataset && dataset.root;
  };
  assert.equal(root(), "/project/photos");
  assert.equal(root("dataset.root=photos"), "/project/photos");
  assert.equal(root("dataset.root=/data"), "/data");
  assert.equal(root("dataset.root=~/data"), `${homedir()}/data`);
});

test("the root of a parent file starts at the parent's folder", () => {
  const files = memoryFiles({
    "/project/experiments/base/coco.yaml": "dataset: {kind: coco, root: coco}\n",
  });
  const { dataset } = resolveExperiment("extends: base/coco.yaml\nmodel: beta\ndataset: {limit: 50}\n", {
    file: "experiments/a.yaml",
    cwd: "/project",
    files,
  });
  assert.equal("root" in dataset && dataset.root, "/project/experiments/base/coco");
  assert.equal(dataset.limit, 50);
});

test("a child is laid over its parents: mappings merge, lists are replaced", () => {
  const files = memoryFiles({
    "/project/experiments/one.yaml": `${least}tags: [a, b]\ntrain: {epochs: 5, batch_size: 4}\n`,
    "/project/experiments/two.yaml": "train: {epochs: 6, optimizer: {name: adam, beta1: 0.5}}\n",
  });
  const text = "extends: [one.yaml, two.yaml]\ntags: [c]\ntrain: {optimizer: {learning_rate: 0.01}}\n";
  const { tags, train } = resolve(text, [], files);
  assert.deepEqual(tags, ["c"]);
  assert.equal(train.epochs, 6);
  assert.equal(train.batch_size, 4);
  assert.deepEqual(train.optimizer, {
    name: "adam",
    learning_rate: 0.01,
    beta1: 0.5,
    beta2: 0.999,
    epsilon: 1e-8,
  });
});

test("another variant drops what belonged to the old one, the same variant keeps it", () => {
  const text = `${least}train: {optimizer: {name: adam, beta1: 0.5}}\n`;
  const optimizer = (...overrides: string[]) => resolve(text, overrides).train.optimizer;
  assert.deepEqual(optimizer("train.optimizer.name=sgd"), { name: "sgd", learning_rate: 1e-2 });
  assert.equal((optimizer("train.optimizer=adam") as { beta1?: number }).beta1, 0.5);
  assert.deepEqual(optimizer("train.optimizer.learning_rate=2", "train.optimizer.name=sgd"), {
    name: "sgd",
    learning_rate: 2,
  });
  assert.deepEqual(optimizer("train.optimizer=sgd", "train.optimizer.learning_rate=2"), {
    name: "sgd",
    learning_rate: 2,
  });
});

test("another kind of data set keeps what all kinds know", () => {
  const common = { limit: 100, holdout: 0.2, seed: 5, greyscale: "keep" };
  const text = `dataset: ${JSON.stringify({ kind: "synthetic", count: 300, ...common })}\n`;
  const { dataset } = resolve(text, ["dataset.kind=folder", "dataset.root=/photos"]);
  const own = { kind: "folder", root: "/photos", include: [], exclude: [], split: null, labels: null };
  assert.deepEqual(dataset, { ...own, ...common });
});

test("a number of the usual optimizer needs no name", () => {
  const optimizer = (text: string, ...overrides: string[]) => resolve(text, overrides).train.optimizer;
  const { name, learning_rate: learningRate } = optimizer(least, "train.optimizer.learning_rate=0.1");
  assert.deepEqual([name, learningRate], ["adam", 0.1]);
  const word = `${least}train: {optimizer: adam}\n`;
  assert.equal(optimizer(word, "train.optimizer.learning_rate=0.1").learning_rate, 0.1);
  const number = `${least}train: {optimizer: {learning_rate: 0.1}}\n`;
  assert.equal(optimizer(number, "train.optimizer.name=adam").learning_rate, 0.1);
  assert.deepEqual(optimizer(number, "train.optimizer=sgd"), { name: "sgd", learning_rate: 1e-2 });
});

test("the split has a seed of its own, so that runs with other seeds share their unseen images", () => {
  assert.equal(resolve(`${least}seed: 4\n`).dataset.seed, 1);
  assert.equal(resolve("seed: 4\ndataset: {kind: synthetic, seed: 2}\n").dataset.seed, 2);
});

test("of two overrides of a key, the later one counts", () => {
  const { tags, train, dataset } = resolve(least, [
    "tags=[x, y]",
    "train.epochs=2",
    "train.epochs=3",
    "dataset.limit=100",
    "dataset.limit=null",
  ]);
  assert.deepEqual(tags, ["x", "y"]);
  assert.equal(train.epochs, 3);
  assert.equal(dataset.limit, null);
});

test("an experiment written as YAML reads back as itself", () => {
  const texts = [
    least,
    "model: beta\ndataset: {kind: coco, root: /c, unseen_split: val2017, categories: [cat, dog]}\n",
    "model: beta\ndataset: {kind: celeba, root: /c, attributes: {No_Beard: true, Wearing_Hat: false}}\nname: '2024'\n",
    `${least}seed: 7\ntrain: {schedule: {kind: linear, decay_epochs: 5}, optimizer: adamw}\ndescription: "two\\nlines: yes"\n`,
  ];
  for (const text of texts) {
    const experiment = resolve(text);
    assert.deepEqual(resolve(experimentToYaml(experiment)), experiment);
  }
});

test("anchors and aliases are values like any other", () => {
  const { samples } = resolve(`${least}samples: {seen: &n 4, unseen: *n}\n`);
  assert.deepEqual([samples.seen, samples.unseen], [4, 4]);
});
