import assert from "node:assert/strict";
import { join } from "node:path";
import { test } from "node:test";
import type { CocoConfig } from "../../../src/datasets/kinds/coco.ts";
import { coco } from "../../../src/datasets/kinds/coco.ts";
import { readCocoAnnotations } from "../../../src/datasets/kinds/coco-annotations.ts";
import { cocoConfig, temporaryFolder, write } from "../pictures.ts";

const instances = {
  info: { description: 'a "tree" {[', images: [{ file_name: "no.jpg" }], year: 2017 },
  licenses: [{ id: 1, name: "x" }],
  images: [
    { id: 11, file_name: "a.jpg" },
    { id: 12, file_name: "b.jpg" },
    { id: 13, file_name: "absent.jpg" },
    { id: 14, file_name: 'ü \\ "q".jpg' },
  ],
  annotations: [
    { image_id: 11, category_id: 1, segmentation: [[1.5, 2, 3]], bbox: [1, 2] },
    { image_id: 11, category_id: 18, segmentation: { counts: [1, 2], size: [3, 4] } },
    { image_id: 12, category_id: 90, segmentation: [] },
  ],
  categories: [
    { id: 1, name: "person" },
    { id: 18, name: "dog" },
    { id: 90, name: "toothbrush" },
  ],
};

function writeTree(root: string, images = "train2017"): void {
  write(join(root, "annotations/instances_train2017.json"), JSON.stringify(instances));
  for (const name of ["a.jpg", "b.jpg", "extra.jpg"]) write(join(root, images, name), "");
}

const idsOf = async (of: CocoConfig) => (await coco.list(of)).items.map(({ id }) => id);

test("without a filter every image on disk is taken and disagreements are counted", async (t) => {
  const root = temporaryFolder(t);
  writeTree(root, "images/train2017");
  const { items, notes } = await coco.list(cocoConfig(root));
  assert.deepEqual(
    items.map(({ id }) => id),
    ["images/train2017/a.jpg", "images/train2017/b.jpg", "images/train2017/extra.jpg"],
  );
  assert.deepEqual(notes, [
    "train2017: 2 images of the annotations file not on disk, left out",
    "train2017: 1 image on disk without a row in the annotations file, taken all the same",
  ]);
});

test("a filter takes images that show at least one of the categories", async (t) => {
  const root = temporaryFolder(t);
  writeTree(root);
  assert.deepEqual(await idsOf(cocoConfig(root, { categories: ["dog", "toothbrush"] })), [
    "train2017/a.jpg",
    "train2017/b.jpg",
  ]);
  assert.deepEqual(await idsOf(cocoConfig(root, { categories: ["person"] })), ["train2017/a.jpg"]);
});

test("categories are named by id as well, those of the file of `split`", async (t) => {
  const root = temporaryFolder(t);
  writeTree(root);
  assert.deepEqual(await idsOf(cocoConfig(root, { categories: [18, "toothbrush"] })), [
    "train2017/a.jpg",
    "train2017/b.jpg",
  ]);
  await assert.rejects(idsOf(cocoConfig(root, { categories: ["dog", 12] })), {
    name: "UserError",
    message:
      "dataset.categories: expected the id of a known category, got 12 (known: 1 person, 18 dog, 90 toothbrush)",
  });
  const categories = [...instances.categories].reverse().map(({ name }, index) => ({ id: index + 1, name }));
  const annotations = [{ image_id: 11, category_id: 2 }];
  const other = JSON.stringify({ ...instances, annotations, categories });
  write(join(root, "annotations/instances_val2017.json"), other);
  write(join(root, "val2017/a.jpg"), "");
  write(join(root, "val2017/b.jpg"), "");
  assert.deepEqual(await idsOf(cocoConfig(root, { categories: [18], unseen_split: "val2017" })), [
    "train2017/a.jpg",
    "val2017/a.jpg",
  ]);
});

test("2014's names are names like any other", async (t) => {
  const root = temporaryFolder(t);
  const file_name = "COCO_train2014_000000000009.jpg";
  const images = [{ id: 9, file_name }];
  const annotations = [{ image_id: 9, category_id: 18 }];
  write(
    join(root, "annotations/instances_train2014.json"),
    JSON.stringify({ ...instances, images, annotations }),
  );
  write(join(root, "train2014", file_name), "");
  write(join(root, "val2014/COCO_val2014_000000000042.jpg"), "");
  const config = cocoConfig(root, { split: "train2014" });
  assert.deepEqual(await idsOf({ ...config, categories: ["dog"] }), [`train2014/${file_name}`]);
  assert.deepEqual(await idsOf({ ...config, unseen_split: "val2014" }), [
    `train2014/${file_name}`,
    "val2014/COCO_val2014_000000000042.jpg",
  ]);
});

/** Crowd of dogs, small dog, large dog, no annotation, no row. */
function writeRuled(root: string): void {
  const names = ["crowd.jpg", "small.jpg", "large.jpg", "bare.jpg"];
  const images = names.map((file_name, id) => ({ id, file_name }));
  const annotations = [
    { image_id: 0, category_id: 18, area: 900, iscrowd: 1 },
    { image_id: 1, category_id: 18, area: 99.9, iscrowd: 0 },
    { image_id: 1, category_id: 1, area: 400 },
    { image_id: 2, category_id: 18, area: 100, iscrowd: 0 },
  ];
  write(
    join(root, "annotations/instances_train2017.json"),
    JSON.stringify({ ...instances, images, annotations }),
  );
  for (const name of [...names, "row-less.jpg"]) write(join(root, "train2017", name), "");
}

test("only annotations that are large enough and no crowds count, in the filter and in the labels", async (t) => {
  const root = temporaryFolder(t);
  writeRuled(root);
  const all = ["bare", "crowd", "large", "row-less", "small"];
  for (const [change, expected] of [
    [{ categories: ["dog"] }, ["crowd", "large", "small"]],
    [{ categories: ["dog"], min_area: 100 }, ["crowd", "large"]],
    [{ categories: ["dog"], iscrowd: "exclude" }, ["large", "small"]],
    [{ categories: ["dog"], min_area: 100, iscrowd: "exclude" }, ["large"]],
    [{ categories: ["dog"], unannotated: "include" }, ["bare", "crowd", "large", "row-less", "small"]],
    [{ categories: ["person"], unannotated: "include" }, ["bare", "row-less", "small"]],
    [{ min_area: 1000 }, all],
    [{ unannotated: "exclude" }, ["crowd", "large", "small"]],
    [{ unannotated: "exclude", min_area: 401 }, ["crowd"]],
  ] as const) {
    const ids = await idsOf(cocoConfig(root, change));
    assert.deepEqual(
      ids,
      expected.map((name) => `train2017/${name}.jpg`),
      JSON.stringify(change),
    );
  }
  const rules = { min_area: 100, iscrowd: "exclude" } as const;
  const { items, labels, notes } = await coco.list(cocoConfig(root, rules), { labels: true });
  assert.deepEqual(
    items.map(({ id }) => id.split("/")[1]),
    ["bare.jpg", "crowd.jpg", "large.jpg", "small.jpg"],
  );
  assert.deepEqual([...labels!.flags], [0, 0, 0, 0, 0, 0, 0, 1, 0, 1, 0, 0]);
  assert.equal(coco.describe(cocoConfig(root, rules)), "coco train2017 (area from 100, no crowds)");
  assert.deepEqual(notes, [
    "train2017: 1 image on disk without a row in the annotations file, left out, as nothing says what they show",
  ]);
  assert.deepEqual((await coco.list(cocoConfig(root, { unannotated: "exclude" }))).notes, [
    "train2017: 1 image on disk without a row in the annotations file, left out as unannotated",
    "train2017: 1 image without an annotation that counts, left out",
  ]);
});

test("annotations without an area are met only where areas count", async (t) => {
  const root = temporaryFolder(t);
  writeTree(root);
  const path = join(root, "annotations/instances_train2017.json");
  await assert.rejects(idsOf(cocoConfig(root, { categories: ["dog"], min_area: 1 })), {
    name: "UserError",
    message: `${path}: annotations[0]: expected an area for min_area, got none`,
  });
  await assert.rejects(
    idsOf(cocoConfig(temporaryFolder(t), { unannotated: "exclude" })),
    /expected the folder train2017/,
  );
  write(path, "{}");
  const other = temporaryFolder(t);
  write(join(other, "train2017/a.jpg"), "");
  await assert.rejects(
    idsOf(cocoConfig(other, { unannotated: "exclude" })),
    /^UserError: dataset\.unannotated: expected .*instances_train2017.json for the filter, which does not exist$/,
  );
});

test("an unknown category is met with the nearest name and the list", async (t) => {
  const root = temporaryFolder(t);
  writeTree(root);
  await assert.rejects(idsOf(cocoConfig(root, { categories: ["Tooth-brush"] })), {
    name: "UserError",
    message:
      'dataset.categories: expected a known category, got "Tooth-brush"; did you mean "toothbrush"?' +
      " (known: person, dog, toothbrush)",
  });
});

test("images alone are enough without a filter, not with one", async (t) => {
  const root = temporaryFolder(t);
  write(join(root, "train2017/a.jpg"), "");
  assert.deepEqual(await idsOf(cocoConfig(root)), ["train2017/a.jpg"]);
  await assert.rejects(
    idsOf(cocoConfig(root, { categories: ["dog"] })),
    /instances_train2017.json for the filter/,
  );
});

test("an official unseen split gives the sides", async (t) => {
  const root = temporaryFolder(t);
  writeTree(root);
  write(join(root, "val2017/v.jpg"), "");
  const { items } = await coco.list(cocoConfig(root, { unseen_split: "val2017" }));
  assert.deepEqual(
    items.map(({ side }) => side),
    ["seen", "seen", "seen", "unseen"],
  );
  const same = cocoConfig(root, { unseen_split: "train2017", holdout: null });
  assert.deepEqual(coco.problems(same, ["dataset"], false), [
    {
      path: ["dataset", "unseen_split"],
      text: 'expected another split than dataset.split, got "train2017" for both',
    },
  ]);
  await assert.rejects(
    coco.list(cocoConfig(root, { split: "train2018" })),
    /folder train2018 or images\/train2018/,
  );
});

test("the annotations are read the same in one line or many, across chunks", async (t) => {
  const path = join(temporaryFolder(t), "instances.json");
  const many = Array.from({ length: 60_000 }, (_, id) => ({
    id,
    file_name: `${id} 🌻 \\".jpg`,
    more: ["x".repeat(id % 40)],
  }));
  const annotations = many.map(({ id }) => ({
    image_id: id,
    category_id: id % 3,
    segmentation: [[id, 2.5]],
  }));
  for (const indent of [0, 2]) {
    write(path, `\uFEFF${JSON.stringify({ ...instances, images: many, annotations }, null, indent)}`);
    const read = await readCocoAnnotations(path, { minArea: 0, crowds: true });
    assert.deepEqual(
      [...read!.names],
      many.map(({ file_name }) => file_name),
    );
    const last = read!.shown.get(many[59_999]!.file_name);
    assert.deepEqual([read!.shown.size, last], [60_000, [String(59_999 % 3)]]);
    assert.deepEqual([...read!.categories.values()], ["person", "dog", "toothbrush"]);
  }
});

test("what nothing asks for is not read", async (t) => {
  const path = join(temporaryFolder(t), "instances.json");
  write(path, '{"info": {"images": 1}, "images": [{"id": 7, "file_name": "a.jpg"}], "annotations": [{"ima');
  const read = await readCocoAnnotations(path, null);
  assert.deepEqual([...read!.names], ["a.jpg"]);
  await assert.rejects(readCocoAnnotations(path, { minArea: 0, crowds: true }), /ends too early$/);
});

test("a broken annotations file is the user's to mend", async (t) => {
  const root = temporaryFolder(t);
  writeTree(root);
  const path = join(root, "annotations/instances_train2017.json");
  for (const [content, expected] of [
    [JSON.stringify(instances).slice(0, 200), /a file that ends too early$/],
    ["<html>quota</html>", /something else than JSON$/],
    ["{}", /no list of images$/],
    ['{"images": [{"id": 1}]}', /images\[0\]: expected a text as file_name, got none$/],
    ['{"images": [{"id":\n\x1b}]}', /images\[0\]: Unexpected token '\\u001b', .*JSON$/],
  ] as const) {
    write(path, content);
    await assert.rejects(coco.list(cocoConfig(root)), { name: "UserError", message: expected });
  }
});
