// What others ask a kind: the answers come from its declaration, which loads nothing that decodes or draws.

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import path from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { datasetOf, datasets, labelsProblem, mostImages, pathsOf } from "../../src/datasets/datasets.ts";
import { completeExperiment } from "../../src/experiment/complete-experiment.ts";
import { withTexts } from "../../src/settings/paths.ts";
import { temporaryFolder } from "../temporary-folder.ts";
import { typescript } from "../typescript.ts";

const configOf = (dataset: object) =>
  completeExperiment({ dataset, samples: { seen: 1, unseen: 1 }, train: { batch_size: 1 } }).dataset;

test("kinds are called as they are listed", () => {
  for (const [name, { kind }] of Object.entries(datasets)) assert.equal(kind, name);
});

test("the smaller of limit and count says how many images there are at most", () => {
  const scenes = (limit: number | null) => mostImages(configOf({ kind: "synthetic", count: 20, limit }));
  assert.deepEqual(scenes(null), { key: "count", images: 20 });
  assert.deepEqual(scenes(30), { key: "count", images: 20 });
  assert.deepEqual(scenes(20), { key: "limit", images: 20 });
  assert.equal(mostImages(configOf({ kind: "folder", root: "a" })), null);
});

test("labels come from kinds that have some", () => {
  const folder = { kind: "folder", root: "a" };
  const union = { kind: "union", parts: [{ dataset: folder }, { dataset: "synthetic" }] };
  for (const config of [
    { kind: "celeba", root: "a" },
    { ...folder, labels: "folders" },
    { ...union, labels: "parts" },
  ])
    assert.equal(labelsProblem(configOf(config)), null);
  const expected =
    /^expected coco, celeba, cifar10, cifar100, folder with labels: folders or union with labels: parts, .* got /;
  for (const config of [folder, union]) assert.match(labelsProblem(configOf(config))!, expected);
  assert.match(labelsProblem(configOf({ kind: "synthetic" }))!, / got synthetic$/);
});

test("paths are replaced wherever a kind has them, in the parts of a union too", () => {
  const parts = ["a", "b"].map((root) => ({ dataset: { kind: "folder", root } }));
  const union = configOf({ kind: "union", parts });
  const changed = withTexts(
    union,
    pathsOf(union),
    (given, at) => `${path.basename(given)} at ${at.join(".")}`,
  );
  assert.deepEqual(
    "parts" in changed && changed.parts.map(({ dataset }) => "root" in dataset && dataset.root),
    ["a at parts.0.dataset.root", "b at parts.1.dataset.root"],
  );
  assert.ok("parts" in union && "root" in union.parts[0]!.dataset);
  assert.equal(union.parts[0]!.dataset.root, path.resolve("a"), "the config itself stays as it was");
});

test("checking an experiment loads no decoder, no drawing, no TensorFlow.js and no ONNX Runtime", (t) => {
  const file = path.join(temporaryFolder(t), "modules.txt");
  const recorder = new URL("../cli/record-modules.mjs", import.meta.url).href;
  const script = fileURLToPath(new URL("../../src/experiment/complete-experiment.ts", import.meta.url));
  execFileSync(process.execPath, [...typescript, "--import", recorder, script], {
    env: { ...process.env, RECORDED_MODULES: file },
  });
  const loaded = readFileSync(file, "utf8");
  assert.match(loaded, /datasets\/kinds\/coco/);
  assert.match(loaded, /models\/pix2pix\/options/);
  assert.doesNotMatch(loaded, /@tensorflow\/|onnxruntime/);
  assert.doesNotMatch(loaded, /\/sharp\/|yauzl|datasets\/(scenes|prepare|cache|inspect|fetch)\//);
});

test("what was looked for names the key that is meant, in sets and in parts of a union", () => {
  const { evaluate } = completeExperiment({
    dataset: "synthetic",
    evaluate: {
      mixed: {
        kind: "union",
        parts: [{ dataset: { kind: "folder", root: "/x" } }, { dataset: "synthetic" }],
      },
    },
  });
  const config = evaluate.mixed!;
  assert.equal(
    datasetOf(config).lookedFor(config, "evaluate.mixed"),
    "image files in /x and below and 640 drawn scenes (evaluate.mixed.parts[1].dataset.count)",
  );
});
