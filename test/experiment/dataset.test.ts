// The options of data sets: what they become, what is wrong with them, unions and their overrides.

import assert from "node:assert/strict";
import { test } from "node:test";
import { experimentToYaml } from "../../src/experiment/text/experiment-to-yaml.ts";
import { memoryFiles, problemsOf, resolve } from "./fixtures.ts";

function problems(dataset: string, ...overrides: string[]): string[] {
  return problemsOf(() => resolve(`dataset: ${dataset}\n`, overrides)).map((line) =>
    line.replace(/^experiments\/demo\.yaml:1: dataset\.?/, ""),
  );
}

const union = `
  kind: union
  limit: 100
  parts:
    - { weight: 2, dataset: { kind: coco, root: coco, categories: [dog, 18], min_area: 400 } }
    - { dataset: { kind: celeba, root: ../celeba, split: all, attributes: { No_Beard: true } } }
    - { weight: 0.5, dataset: synthetic }
`;

const common = { limit: 100, holdout: 0.1, seed: 1, greyscale: "drop" };

test("a union is complete: shorthands, defaults and roots of its parts", () => {
  assert.deepEqual(resolve(`dataset: ${union}`).dataset, {
    kind: "union",
    ...common,
    labels: null,
    parts: [
      {
        name: null,
        weight: 2,
        dataset: {
          kind: "coco",
          root: "/project/experiments/coco",
          split: "train2017",
          unseen_split: null,
          categories: ["dog", 18],
          min_area: 400,
          iscrowd: "include",
          unannotated: null,
        },
      },
      {
        name: null,
        weight: 1,
        dataset: {
          kind: "celeba",
          root: "/project/celeba",
          split: "all",
          unseen_split: null,
          attributes: { No_Beard: true },
        },
      },
      { name: null, weight: 0.5, dataset: { kind: "synthetic", count: 640 } },
    ],
  });
});

test("parts are overridden by their place", () => {
  const partsOf = (...overrides: string[]) => {
    const { dataset } = resolve(`dataset: ${union}`, overrides);
    assert.ok(dataset.kind === "union");
    return dataset.parts;
  };
  const moved = partsOf("dataset.parts.0.dataset.root=there", "dataset.parts.1.weight=3");
  assert.deepEqual("root" in moved[0]!.dataset && moved[0]!.dataset.root, "/project/there");
  assert.deepEqual([moved[0]!.weight, moved[1]!.weight, moved.length], [2, 3, 3]);
  assert.deepEqual("root" in moved[1]!.dataset && moved[1]!.dataset.root, "/project/celeba");
  const drawn = partsOf("dataset.parts.0.dataset=synthetic");
  assert.deepEqual(drawn[0], { name: null, weight: 2, dataset: { kind: "synthetic", count: 640 } });
  assert.equal(partsOf("dataset.parts=[{dataset: synthetic}, {dataset: synthetic}]").length, 2);
  assert.deepEqual(resolve("dataset: synthetic\ntags: [a, b]\n", ["tags.1=c"]).tags, ["a", "c"]);
});

test("an item that is not there is named", () => {
  assert.deepEqual(problems(union, "dataset.parts.3.weight=2"), [
    "command line: dataset.parts: expected an item from 0 to 2, got 3",
  ]);
  assert.deepEqual(problems("synthetic", "dataset.parts.0.weight=2"), [
    "command line: dataset.parts: unknown key for kind synthetic (known: kind, count, limit, holdout, seed, greyscale)",
  ]);
  assert.deepEqual(problems(`{kind: folder, root: x, include: []}`, "dataset.include.0=a"), [
    "command line: dataset.include: expected items, got none",
  ]);
});

test("another kind drops the parts; a child replaces them or names one", () => {
  const files = memoryFiles({ "/project/experiments/base.yaml": `dataset: ${union}` });
  const child = "extends: base.yaml\ndataset: {parts: [{dataset: synthetic}, {dataset: synthetic}]}\n";
  const { dataset } = resolve(child, [], files);
  assert.ok(dataset.kind === "union");
  assert.deepEqual([dataset.parts.length, dataset.limit], [2, 100]);
  assert.deepEqual(resolve("extends: base.yaml\n", ["dataset=synthetic"], files).dataset, {
    kind: "synthetic",
    count: 640,
    ...common,
  });
});

test("every kind with every option reads back from YAML as itself", () => {
  for (const dataset of [
    union,
    "{kind: union, parts: [{dataset: {kind: coco, root: /a, unseen_split: val2017}}, {dataset: {kind: folder, root: /b, split: {seen: x, unseen: y}}}]}",
    '{kind: coco, root: /c, categories: ["18", 18, dog], min_area: 10.5, iscrowd: exclude, unannotated: include}',
    "{kind: celeba, root: /c, split: all, greyscale: keep}",
    "{kind: folder, root: /f, include: ['**/*.{jpg,png}'], exclude: [thumbs/**], holdout: 0.3}",
    "{kind: folder, root: /f, split: {seen: train, unseen: held out/val}}",
  ]) {
    const experiment = resolve(`dataset: ${dataset}\n`);
    assert.deepEqual(resolve(experimentToYaml(experiment)), experiment);
  }
});

const coco = "kind: coco, root: x";
const folder = "kind: folder, root: x";
const alone = "expected together with categories, unannotated: exclude or the model classifier, got it alone";
const pattern = (what: string) => `expected a pattern ${what}`;

const impossible: readonly [dataset: string, ...expected: string[]][] = [
  [
    `{${coco}, categories: []}`,
    "categories: expected a list of at least one category name or id, or null, got a list",
  ],
  [`{${coco}, categories: dog}`, 'categories: expected a list of category names or ids, got "dog"'],
  [`{${coco}, categories: [1.5]}`, "categories[0]: expected a category's name or id, got 1.5"],
  [`{${coco}, min_area: -1, categories: [1]}`, "min_area: expected a number of at least 0, got -1"],
  [
    `{${coco}, iscrowd: exlude, categories: [1]}`,
    'iscrowd: expected one of include, exclude, got "exlude", did you mean exclude?',
  ],
  [`{${coco}, min_area: 9}`, `min_area: ${alone}`],
  [`{${coco}, iscrowd: exclude, unannotated: include}`, `iscrowd: ${alone}`],
  [`{${coco}, greyscale: no}`, 'greyscale: expected one of drop, keep, got "no"'],
  [
    "{kind: celeba, root: x, split: all, unseen_split: val}",
    'unseen_split: expected null beside split all, which takes every image, got "val"',
  ],
  ["{kind: celeba, root: x, unseen_split: all}", 'unseen_split: expected one of train, val, test, got "all"'],
  [`{${folder}, include: "*.jpg"}`, 'include: expected a list of patterns such as **/*.jpg, got "*.jpg"'],
  [`{${folder}, include: ['{a,b']}`, `include[0]: ${pattern("whose braces are closed")}, got "{a,b"`],
  [`{${folder}, exclude: [/a/*]}`, `exclude[0]: ${pattern("relative to root")}, got "/a/*"`],
  [`{${folder}, split: train}`, 'split: expected a mapping such as {seen: train, unseen: val}, got "train"'],
  [`{${folder}, split: {seen: train}}`, "split.unseen: expected a text that is not empty, got nothing"],
  [
    `{${folder}, split: {seen: ../a, unseen: b}}`,
    'split.seen: expected a folder below root such as train, got "../a"',
  ],
  [
    `{${folder}, split: {seen: a, unseen: a/b}}`,
    'split.unseen: expected a folder apart from that of split.seen, got "a/b" beside "a"',
  ],
  [
    `{${folder}, split: {seen: a, unseen: b}, holdout: 0.2}`,
    "split: expected either split or holdout, got both (b and 0.2)",
  ],
  [
    "{kind: union}",
    "parts: expected a list such as [{weight: 1, dataset: {kind: folder, root: photos}}, …], got nothing",
  ],
  ["{kind: union, parts: [{dataset: synthetic}]}", "parts: expected at least two parts, got a list"],
  [
    "{kind: union, parts: [{weight: 0, dataset: synthetic}, {dataset: {kind: coc}}]}",
    "parts[0].weight: expected a number greater than 0, got 0",
    'parts[1].dataset.kind: expected one of coco, celeba, cifar10, cifar100, folder, synthetic, got "coc", did you mean coco?',
  ],
  [
    "{kind: union, parts: [{dataset: {kind: synthetic, limit: 5}}, {dataset: {kind: folder, count: 3, root: x}}]}",
    "parts[0].dataset.limit: unknown key, did you mean dataset.limit? (known: kind, count)",
    "parts[1].dataset.count: unknown key for kind folder (known: kind, root, include, exclude, split, labels)",
  ],
  [
    `{kind: union, limit: 2, parts: [{dataset: {${coco}, unseen_split: val2017}}, {dataset: synthetic}, {dataset: synthetic}]}`,
    "limit: expected at least one image of each of the 3 parts, got 2",
    "parts[1].dataset: expected an unseen split or folder in every part or in none, got one in part 0 and none here",
  ],
  [
    `{kind: union, parts: [{name: folder, dataset: synthetic}, {dataset: {${folder}, labels: folders}}]}`,
    "parts[1].dataset.labels: expected none in a part, as the labels of a union are its parts (labels: parts)",
    'parts[1].name: expected another name than that of part 0, got "folder" for both',
  ],
  [
    `{kind: union, holdout: 0.2, parts: [{dataset: {${coco}, unseen_split: val2017}}, {dataset: {${folder}, split: {seen: a, unseen: b}}}]}`,
    'parts[0].dataset.unseen_split: expected either unseen_split or holdout, got both ("val2017" and 0.2)',
    "parts[1].dataset.split: expected either split or holdout, got both (b and 0.2)",
  ],
];

for (const [dataset, ...expected] of impossible) {
  test(`impossible: ${expected[0]}`, () => assert.deepEqual(problems(dataset).sort(), expected));
}

test("rules about annotations serve the classifier's labels, and a union has none", () => {
  const text = `model: classifier\ndataset: {${coco}, min_area: 9, iscrowd: exclude}\n`;
  assert.equal(resolve(text).dataset.kind, "coco");
  assert.deepEqual(
    problemsOf(() => resolve(`model: classifier\ndataset: ${union}`)),
    [
      "experiments/demo.yaml:3: dataset.kind: expected coco, celeba, cifar10, cifar100, folder with labels: folders or union with labels: parts, whose images have labels to learn from, got union without labels",
    ],
  );
});
