// What the listings say about labels: which images stay, what they show, and what is the user's to mend.

import assert from "node:assert/strict";
import { join } from "node:path";
import { test } from "node:test";
import type { Listing } from "../../../src/datasets/dataset.ts";
import { celeba } from "../../../src/datasets/kinds/celeba.ts";
import { coco } from "../../../src/datasets/kinds/coco.ts";
import { folder } from "../../../src/datasets/kinds/folder.ts";
import { union } from "../../../src/datasets/kinds/union.ts";
import { celebaConfig, cocoConfig, folderConfig, temporaryFolder, write } from "../pictures.ts";

const instances = {
  images: [
    { id: 1, file_name: "crowd.jpg" },
    { id: 2, file_name: "many.jpg" },
    { id: 3, file_name: "nothing.jpg" },
    { id: 4, file_name: "absent.jpg" },
    { id: 5, file_name: "twice.jpg" },
    { id: 6, file_name: "twice.jpg" },
  ],
  annotations: [
    { image_id: 2, category_id: 18, iscrowd: 0 },
    { image_id: 2, category_id: 18, iscrowd: 0 },
    { image_id: 2, category_id: 3, iscrowd: 0 },
    { image_id: 1, category_id: 3, iscrowd: 1 },
    { image_id: 4, category_id: 90, iscrowd: 0 },
    { image_id: 5, category_id: 18, iscrowd: 0 },
    { image_id: 6, category_id: 90, iscrowd: 0 },
    { image_id: 77, category_id: 3, iscrowd: 0 },
  ],
  categories: [
    { id: 90, name: "toothbrush" },
    { id: 3, name: "car" },
    { id: 18, name: "dog" },
  ],
};

function writeCoco(root: string, change: object = {}, split = "train2017"): void {
  write(join(root, `annotations/instances_${split}.json`), JSON.stringify({ ...instances, ...change }));
  for (const name of ["crowd", "many", "nothing", "twice", "without-row"]) {
    write(join(root, split, `${name}.jpg`), "");
  }
}

const partition = ["1.jpg 0", "2.jpg 0", "3.jpg 1", "4.jpg 0", "5.jpg 2"];
const attributes = ["5", "Male Smiling Young ", "1.jpg  1 -1 -1", "2.jpg -1  1  1", "3.jpg -1 -1  1"];

function writeCeleba(root: string): void {
  write(join(root, "list_eval_partition.txt"), partition.join("\n"));
  write(join(root, "list_attr_celeba.txt"), attributes.join("\n"));
  for (let face = 1; face <= 5; face++) write(join(root, "img_align_celeba", `${face}.jpg`), "");
}

/** File name -> the labels that it has. */
function shownIn({ items, labels }: Listing): Record<string, string[]> {
  assert.ok(labels !== null);
  const { names, flags } = labels;
  assert.equal(flags.length, items.length * names.length);
  return Object.fromEntries(
    items.map(({ id }, place) => [
      id.split("/").at(-1)!,
      names.filter((_, column) => flags[place * names.length + column] === 1),
    ]),
  );
}

test("COCO: crowds and several annotations count once, none is a true negative, no row is left out", async (t) => {
  const root = temporaryFolder(t);
  writeCoco(root);
  const listing = await coco.list(cocoConfig(root), { labels: true });
  assert.deepEqual(listing.labels?.names, ["car", "dog", "toothbrush"]);
  assert.deepEqual(shownIn(listing), {
    "crowd.jpg": ["car"],
    "many.jpg": ["car", "dog"],
    "nothing.jpg": [],
    "twice.jpg": ["dog", "toothbrush"],
  });
  assert.deepEqual(listing.notes, [
    "train2017: 1 image of the annotations file not on disk, left out",
    "train2017: 1 image on disk without a row in the annotations file, left out, as nothing says what they show",
    "train2017: annotations of 1 image that the file does not list, such as that of image_id 77",
  ]);
});

test("labels that nobody asked for are not listed, and every image stays", async (t) => {
  const root = temporaryFolder(t);
  writeCoco(root);
  writeCeleba(root);
  const images = await coco.list(cocoConfig(root));
  assert.deepEqual([images.labels, images.items.length], [null, 5]);
  write(join(root, "list_attr_celeba.txt"), "not read");
  const faces = await celeba.list(celebaConfig(root));
  assert.deepEqual([faces.labels, faces.items.length], [null, 3]);
});

test("COCO: a filter chooses images, which keep all of their labels", async (t) => {
  const root = temporaryFolder(t);
  writeCoco(root);
  const listing = await coco.list(cocoConfig(root, { categories: ["dog"] }), { labels: true });
  assert.deepEqual(shownIn(listing), { "many.jpg": ["car", "dog"], "twice.jpg": ["dog", "toothbrush"] });
  assert.match(listing.notes.join("\n"), /without a row .*, left out by the category filter/);
});

test("COCO: two splits are one list of labels, even where the files number them differently", async (t) => {
  const root = temporaryFolder(t);
  const config = cocoConfig(root, { unseen_split: "val2017" });
  writeCoco(root);
  const images = [{ id: 8, file_name: "many.jpg" }];
  const annotations = [
    { image_id: 8, category_id: 1 },
    { image_id: 8, category_id: 2 },
  ];
  const names = ["toothbrush", "dog", "car"];
  const categories = names.map((name, index) => ({ id: index + 1, name }));
  writeCoco(root, { images, annotations, categories }, "val2017");
  const listing = await coco.list(config, { labels: true });
  assert.deepEqual(listing.labels?.names, ["car", "dog", "toothbrush"]);
  assert.deepEqual(
    listing.items.map(({ id, side }) => [id, side]),
    [
      ["train2017/crowd.jpg", "seen"],
      ["train2017/many.jpg", "seen"],
      ["train2017/nothing.jpg", "seen"],
      ["train2017/twice.jpg", "seen"],
      ["val2017/many.jpg", "unseen"],
    ],
  );
  assert.deepEqual([...listing.labels.flags.subarray(-6)], [0, 1, 1, 0, 1, 1]);
  assert.match(listing.notes.join("\n"), /val2017: 4 images on disk without a row/);

  for (const [change, message] of [
    [[...categories, { id: 4, name: "cat" }], 'got "cat" in val2017 alone'],
    [categories.slice(1), 'got "toothbrush" in train2017 alone'],
  ] as const) {
    writeCoco(root, { images, annotations: annotations.slice(1), categories: change }, "val2017");
    await assert.rejects(coco.list(config, { labels: true }), {
      name: "UserError",
      message: `dataset.unseen_split: expected the same categories as in dataset.split, ${message}`,
    });
  }
});

test("COCO: an annotations file that cannot label is the user's to mend", async (t) => {
  const root = temporaryFolder(t);
  const file = join(root, "annotations/instances_train2017.json");
  write(join(root, "train2017/many.jpg"), "");
  await assert.rejects(coco.list(cocoConfig(root), { labels: true }), {
    name: "UserError",
    message: `dataset.root: expected ${file} for the labels, which does not exist`,
  });
  for (const [change, message] of [
    [{ annotations: [] }, "expected annotations that count for the labels, got none"],
    [{ categories: [] }, "expected categories for the labels, got none"],
    [
      { annotations: [{ image_id: 2, category_id: 4 }] },
      "expected annotations of listed categories, got category_id 4 for many.jpg",
    ],
  ] as const) {
    writeCoco(root, change);
    await assert.rejects(coco.list(cocoConfig(root), { labels: true }), {
      name: "UserError",
      message: `${file}: ${message}`,
    });
    assert.equal((await coco.list(cocoConfig(root))).items.length, 5);
  }
});

test("CelebA: attributes are the labels, of both splits, and faces without a row are left out", async (t) => {
  const root = temporaryFolder(t);
  writeCeleba(root);
  const listing = await celeba.list(celebaConfig(root, { unseen_split: "val" }), { labels: true });
  assert.deepEqual(listing.labels?.names, ["Male", "Smiling", "Young"]);
  assert.deepEqual(shownIn(listing), {
    "1.jpg": ["Male"],
    "2.jpg": ["Smiling", "Young"],
    "3.jpg": ["Young"],
  });
  assert.deepEqual(
    listing.items.map(({ side }) => side),
    ["seen", "seen", "unseen"],
  );
  assert.deepEqual(listing.notes, ["2 images without a row in the attributes file, left out"]);
  const young = await celeba.list(celebaConfig(root, { attributes: { Young: true } }), { labels: true });
  assert.deepEqual(shownIn(young), { "2.jpg": ["Smiling", "Young"] });
});

test("CelebA: the same labels from CSV with 0 for -1, and after a line that was cut off", async (t) => {
  const root = temporaryFolder(t);
  writeCeleba(root);
  const { labels } = await celeba.list(celebaConfig(root), { labels: true });
  write(join(root, "list_attr_celeba.txt"), `${attributes.join("\r\n")}\r\n4.jpg -1  1 -`);
  assert.deepEqual((await celeba.list(celebaConfig(root), { labels: true })).labels, labels);
  write(join(root, "list_attr_celeba.txt"), "");
  await assert.rejects(celeba.list(celebaConfig(root), { labels: true }), {
    name: "UserError",
    message: `${join(root, "list_attr_celeba.txt")}: expected names of attributes, got none`,
  });

  const other = temporaryFolder(t);
  write(join(other, "list_eval_partition.txt"), partition.join("\n"));
  for (let face = 1; face <= 5; face++) write(join(other, "img_align_celeba", `${face}.jpg`), "");
  await assert.rejects(celeba.list(celebaConfig(other), { labels: true }), {
    name: "UserError",
    message: `dataset.root: expected list_attr_celeba.txt or .csv in ${other} for the labels, got neither`,
  });
  const csv = ["image_id,Male,Smiling,Young", "1.jpg,1,0,0", "2.jpg,0,1,1", "3.jpg,0,0,1"];
  write(join(other, "list_attr_celeba.csv"), csv.join("\n"));
  assert.deepEqual((await celeba.list(celebaConfig(other), { labels: true })).labels, labels);
});

test("folders: the first sub-folder is the class, below the root or the folder of a side", async (t) => {
  const root = temporaryFolder(t);
  const labelled = (change: object = {}) =>
    folder.list(folderConfig(root, { labels: "folders", ...change }), { labels: true });
  for (const name of [
    "train/Dog/1.jpg",
    "train/cat/sub/2.jpg",
    "val/cat/3.jpg",
    "val/Dog/4.jpg",
    "5.jpg",
    "val/6.jpg",
  ])
    write(join(root, name), "");
  const sides = await labelled({ split: { seen: "train/", unseen: "val" } });
  assert.deepEqual(sides.labels?.names, ["Dog", "cat"]);
  assert.deepEqual(shownIn(sides), {
    "1.jpg": ["Dog"],
    "2.jpg": ["cat"],
    "3.jpg": ["cat"],
    "4.jpg": ["Dog"],
  });
  assert.deepEqual(
    sides.items.map(({ id, side }) => [id, side]),
    [
      ["train/Dog/1.jpg", "seen"],
      ["train/cat/sub/2.jpg", "seen"],
      ["val/Dog/4.jpg", "unseen"],
      ["val/cat/3.jpg", "unseen"],
    ],
  );
  assert.deepEqual(sides.notes, ["1 image in no sub-folder, left out, as nothing says what they show"]);
  const whole = await labelled();
  assert.deepEqual(whole.labels?.names, ["train", "val"]);
  assert.deepEqual(shownIn(whole)["2.jpg"], ["train"]);
  assert.equal((await folder.list(folderConfig(root, { labels: "folders" }))).items.length, 6);

  await assert.rejects(labelled({ include: ["val/**"] }), {
    name: "UserError",
    message: 'dataset.labels: expected at least 2 sub-folders, one for each class, got "val"',
  });
  write(join(root, "val/bird/7.jpg"), "");
  await assert.rejects(labelled({ split: { seen: "train", unseen: "val" } }), {
    name: "UserError",
    message:
      'dataset.labels: expected the sub-folders, one for each class, of val in train too, got "bird" in val alone',
  });
});

test("unions: an image has the part that it comes from, by the part's name", async (t) => {
  const root = temporaryFolder(t);
  for (const name of ["1.jpg", "2.jpg"]) write(join(root, name), "");
  const { kind, include, exclude, split, labels } = folderConfig(root);
  const own = { kind, root, include, exclude, split, labels } as const;
  const parts = [
    { name: "photos", weight: 1, dataset: own },
    { name: null, weight: 1, dataset: { kind: "synthetic", count: 2 } },
  ] as const;
  const config = {
    kind: "union",
    parts,
    labels: "parts",
    limit: null,
    holdout: 0.5,
    seed: 1,
    greyscale: "keep",
  } as const;
  const listing = await union.list(config, { labels: true });
  assert.deepEqual(listing.labels?.names, ["photos", "synthetic"]);
  assert.deepEqual(shownIn(listing), {
    "1.jpg": ["photos"],
    "2.jpg": ["photos"],
    "scene 00000": ["synthetic"],
    "scene 00001": ["synthetic"],
  });
  assert.equal((await union.list(config)).labels, null);
});
