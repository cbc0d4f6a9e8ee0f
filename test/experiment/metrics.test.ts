// `metrics` and `evaluate`: what they become, and what is wrong with them.

import assert from "node:assert/strict";
import { test } from "node:test";
import { experimentToYaml } from "../../src/experiment/text/experiment-to-yaml.ts";
import { memoryFiles, problemsOf, resolve } from "./fixtures.ts";

const complete = (text: string, ...overrides: string[]) => resolve(`dataset: synthetic\n${text}`, overrides);

test("metrics: short and long forms, paths from the file's folder; none is a choice", () => {
  const { metrics } = complete(
    "metrics: [psnr, {name: lpips, weights: alex.onnx}, {name: fid, weights: /fid.onnx}]",
  );
  assert.deepEqual(metrics, [
    { name: "psnr" },
    { name: "lpips", weights: "/project/experiments/alex.onnx" },
    { name: "fid", weights: "/fid.onnx" },
  ]);
  assert.deepEqual(complete("metrics: []").metrics, []);
  assert.deepEqual(complete("", "metrics=[ssim_uniform]").metrics, [{ name: "ssim_uniform" }]);
});

test("evaluate: data sets by names that stay as they are, all images unless a share is asked for", () => {
  const text = "evaluate: {my_faces: {kind: celeba, root: ../celeba}, half: {kind: synthetic, holdout: 0.5}}";
  const { evaluate } = complete(text, "evaluate.my_faces.limit=7");
  const common = { limit: null, seed: 1, greyscale: "drop" };
  assert.deepEqual(evaluate, {
    my_faces: {
      kind: "celeba",
      root: "/project/celeba",
      split: "train",
      unseen_split: null,
      attributes: {},
      ...common,
      holdout: null,
      limit: 7,
    },
    half: { kind: "synthetic", count: 640, ...common, holdout: 0.5 },
  });
});

test("evaluate: null takes away sets of a file below, one or all, and a file above may name them again", () => {
  const files = memoryFiles({
    "/project/experiments/base.yaml":
      "dataset: synthetic\nevaluate: {a: {kind: celeba, root: a}, b: {kind: celeba, root: b, limit: 3}}",
    "/project/experiments/none.yaml": "extends: base.yaml\nevaluate: null",
  });
  const sets = (text: string, ...overrides: string[]) => resolve(text, overrides, files).evaluate;
  assert.deepEqual(sets("extends: none.yaml"), {});
  assert.deepEqual(sets("extends: base.yaml", "evaluate=null"), {});
  assert.deepEqual(Object.keys(sets("extends: base.yaml\nevaluate: {a: null}")), ["b"]);
  const again = sets("extends: none.yaml\nevaluate: {b: {kind: celeba, root: c}}");
  assert.deepEqual(Object.keys(again), ["b"]);
  assert.equal(again.b!.limit, null);
  assert.deepEqual(sets("dataset: synthetic\nevaluate:"), {});
  assert.deepEqual(
    problemsOf(() => sets("extends: base.yaml\ndataset: null")),
    ["experiments/demo.yaml:2: dataset: expected a mapping such as {kind: synthetic}, got nothing"],
  );
});

test("both read back from YAML as themselves", () => {
  const experiment = complete(
    `metrics: [psnr, {name: lpips, weights: /a.onnx}]
evaluate:
  my_faces: {kind: coco, root: /c, unseen_split: val2017, min_area: 9, categories: [dog]}
  both: {kind: union, parts: [{dataset: synthetic}, {dataset: {kind: folder, root: /f}}]}
`,
  );
  assert.deepEqual(resolve(experimentToYaml(experiment)), experiment);
});

const file = "an .onnx file that takes";
const names = "of letters, digits, - and _ other than seen, unseen, train";
const impossible: readonly [text: string, expected: string][] = [
  ["metrics: psnr", 'metrics: expected a list such as [psnr, ssim], got "psnr"'],
  [
    "metrics: [pnsr]",
    'metrics[0].name: expected one of psnr, ssim, ssim_uniform, ciede2000, ab_l2, auc, colorfulness, clipped, lpips, fid, got "pnsr", did you mean psnr?',
  ],
  ["metrics: [psnr, psnr]", "metrics[1]: expected every metric once, got psnr again"],
  [
    "metrics: [lpips]",
    `metrics[0].weights: expected ${file} two pictures, as docs/metrics.md says how to make, got nothing`,
  ],
  [
    "metrics: [{name: fid}]",
    `metrics[0].weights: expected ${file} pictures and gives features, as docs/metrics.md says how to make, got nothing`,
  ],
  ["metrics: [{name: psnr, weights: x}]", "metrics[0].weights: unknown key for name psnr (known: name)"],
  ["evaluate: {unseen: synthetic}", `evaluate.unseen: expected a name ${names}, got "unseen"`],
  ["evaluate: {a/b: synthetic}", `evaluate.a/b: expected a name ${names}, got "a/b"`],
  [
    "evaluate: {p: celba}",
    'evaluate.p.kind: expected one of coco, celeba, cifar10, cifar100, folder, synthetic, union, got "celba", did you mean celeba?',
  ],
  [
    "evaluate: [synthetic]",
    "evaluate: expected a mapping such as {portraits: {kind: celeba, root: celeba}}, got a list",
  ],
  [
    "evaluate: {p: {kind: coco, root: x, unseen_split: y, holdout: 0.2}}",
    'evaluate.p.unseen_split: expected either unseen_split or holdout, got both ("y" and 0.2)',
  ],
  ["samples: {measured: 0}", "samples.measured: expected a whole number of images, at least 1, got 0"],
  [
    "model: classifier\nevaluate: {p: synthetic}",
    "evaluate: expected none for the model classifier, which makes no colors to measure",
  ],
];

for (const [text, expected] of impossible) {
  test(`impossible: ${expected}`, () => {
    const found = problemsOf(() => complete(text)).map((line) =>
      line.replace(/^experiments\/demo\.yaml:\d+: /, ""),
    );
    assert.ok(found.includes(expected), found.join("\n"));
  });
}
