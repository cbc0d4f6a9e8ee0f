// Experiments as older versions stored them, read as this one completes them; one test for each upgrade.

import assert from "node:assert/strict";
import { test } from "node:test";
import { completeExperiment } from "../../src/experiment/complete-experiment.ts";
import { experimentUpgrades, upgradeExperiment } from "../../src/experiment/upgrade.ts";

type Plain = Readonly<Record<string, unknown>>;

const pix2pix = completeExperiment({
  name: "old",
  model: { kind: "pix2pix", color: "rgb", discriminator: { n_layers: 2 } },
  dataset: { kind: "celeba", root: "/faces", attributes: { Big_Nose: true, smilingFace: false } },
  image: { size: 64 },
  metrics: [],
  evaluate: { myFaces: { kind: "folder", root: "/photos" } },
});

test("1: camelCase becomes snake_case, but for names that users chose", () => {
  const camel = (value: unknown, own = false): unknown => {
    if (Array.isArray(value)) return value.map((item) => camel(item));
    if (typeof value !== "object" || value === null) return value;
    return Object.fromEntries(
      Object.entries(value).map(([key, inner]) => [
        own ? key : key.replaceAll(/_(\w)/g, (_, letter: string) => letter.toUpperCase()),
        key === "attributes" ? inner : camel(inner, key === "evaluate"),
      ]),
    );
  };
  const stored = camel(pix2pix) as Plain;
  assert.equal((stored.train as Plain).batchSize, 16);
  assert.deepEqual(experimentUpgrades[0]!(stored), pix2pix);
});

test("2: model.colour becomes model.color", () => {
  const { color, ...model } = pix2pix.model as Plain;
  const stored = { ...pix2pix, model: { ...model, colour: color } };
  assert.deepEqual(experimentUpgrades[1]!(stored), pix2pix);
  assert.equal(experimentUpgrades[1]!(pix2pix), pix2pix);
});

test("3: keys that came later say what those runs did", () => {
  const without = (record: Plain, ...keys: string[]) =>
    Object.fromEntries(Object.entries(record).filter(([key]) => !keys.includes(key)));
  const complete = completeExperiment({
    dataset: {
      kind: "coco",
      root: "/coco",
      unseen_split: "val2017",
      greyscale: "keep",
    },
    metrics: [],
  });
  const stored = {
    ...without(complete, "device", "metrics", "evaluate"),
    dataset: {
      ...without(complete.dataset, "greyscale", "min_area", "iscrowd", "unannotated"),
      holdout: 0.1,
    },
    train: without(complete.train, "accumulate", "augment", "discriminator_optimizer"),
    samples: without(complete.samples, "measured"),
  };
  assert.deepEqual(experimentUpgrades[2]!(stored), complete);
});

test("4: images that filled no batch were dropped", () => {
  const complete = completeExperiment({ dataset: "synthetic" });
  const { last_batch: _, ...train } = complete.train;
  assert.deepEqual(experimentUpgrades[3]!({ ...complete, train }), complete);
});

test("an experiment of this version stays as it is", () => {
  assert.equal(upgradeExperiment(pix2pix, experimentUpgrades.length), pix2pix);
});

test("6: no pictures of evaluation sets were drawn before there was samples.each", () => {
  const { each: _, ...samples } = pix2pix.samples;
  assert.deepEqual(experimentUpgrades[5]!({ ...pix2pix, samples }), {
    ...pix2pix,
    samples: { ...pix2pix.samples, each: 0 },
  });
  assert.deepEqual(experimentUpgrades[5]!(pix2pix as Plain), pix2pix);
});

test("7: sub-folders and parts were no labels, and parts had no names", () => {
  const folder = { kind: "folder", root: "/photos" };
  const complete = completeExperiment({
    dataset: { kind: "union", parts: [{ dataset: folder }, { dataset: "synthetic" }] },
    evaluate: { portraits: folder },
  });
  const stored = JSON.parse(
    JSON.stringify(complete, (key, value) =>
      ["name", "labels"].includes(key) && value === null ? undefined : value,
    ),
  );
  assert.notDeepEqual(stored.dataset, complete.dataset);
  assert.deepEqual(experimentUpgrades[6]!(stored), complete);
});

test("8: runs were logged in the store alone", () => {
  const { log: _, ...stored } = pix2pix;
  assert.deepEqual(experimentUpgrades[7]!(stored), { ...pix2pix, log: { tensorboard: null } });
  assert.deepEqual(experimentUpgrades[7]!(pix2pix as Plain), pix2pix);
});
