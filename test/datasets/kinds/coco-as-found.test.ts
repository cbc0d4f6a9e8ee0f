// COCO files as people have them: merged, exported by other programs, moved between machines.

import assert from "node:assert/strict";
import { join } from "node:path";
import { test } from "node:test";
import { coco } from "../../../src/datasets/kinds/coco.ts";
import { cocoConfig, temporaryFolder, write } from "../pictures.ts";

const categories = [
  { id: 1, name: "traffic light" },
  { id: 2, name: "cat" },
];
const files = ["a.jpg", "b.jpg", "c.jpg"];

/** JSON as text, so that it may hold what JSON.stringify does not write. */
function writeCoco(root: string, json: string, names: readonly string[] = files): string {
  const path = join(root, "annotations/instances_train2017.json");
  write(path, json);
  for (const name of names) write(join(root, "train2017", name), "");
  return path;
}

const instances = (images: readonly object[], annotations: readonly object[]) =>
  JSON.stringify({ images, annotations, categories });

async function listed(root: string, change: Parameters<typeof cocoConfig>[1] = {}) {
  const { items, notes } = await coco.list(cocoConfig(root, { categories: ["traffic light"], ...change }));
  return { ids: items.map(({ id }) => id.replace("train2017/", "")), notes };
}

test("one id for two images is refused, as it would match both; not where ids are not asked for", async (t) => {
  const root = temporaryFolder(t);
  const images = files.map((file_name, index) => ({ id: [1, 2, 1][index], file_name }));
  const path = writeCoco(root, instances(images, [{ image_id: 1, category_id: 1 }]));
  await assert.rejects(listed(root), {
    name: "UserError",
    message: `${path}: images[2]: expected an id of its own for each image, got id 1 for "a.jpg" and "c.jpg"`,
  });
  assert.deepEqual((await listed(root, { categories: null })).ids, files);
  const listedTwice = [...images.slice(0, 2), { id: 1, file_name: "./a.jpg" }];
  writeCoco(root, instances(listedTwice, [{ image_id: 1, category_id: 1 }]));
  assert.deepEqual((await listed(root)).ids, ["a.jpg"]);
  const again = [...categories, { id: 2, name: "dog" }];
  writeCoco(root, JSON.stringify({ images: images.slice(0, 2), annotations: [], categories: again }));
  await assert.rejects(listed(root), /categories\[2\]: .* each category, got id 2 for "cat" and "dog"$/);
});

test("ids beyond 2^53 and ids that are text are told apart", async (t) => {
  for (const [first, second] of [
    ["9007199254740992", "9007199254740993"],
    ["100000000000000000001.0", "100000000000000000002.0"],
    ['"x"', '"y"'],
    ['"1"', '"2"'],
    ["1.0", "2"],
  ]) {
    const root = temporaryFolder(t);
    writeCoco(
      root,
      `{"images": [{"file_name": "a.jpg", "id": ${first}}, {"file_name": "b.jpg", "id": ${second}}],
        "annotations": [{"image_id": ${first}, "category_id": 2}, {"image_id": ${second}, "category_id": 1}],
        "categories": ${JSON.stringify(categories)}}`,
    );
    assert.deepEqual((await listed(root)).ids, ["b.jpg"], `${first} ${second}`);
  }
  const root = temporaryFolder(t);
  writeCoco(root, instances([{ file_name: "a.jpg", id: null }], []));
  await assert.rejects(listed(root), /images\[0\]: expected a number or a text as id, got null$/);
});

test("a number and a text are one id, and labels are in the order of the numbers", async (t) => {
  const root = temporaryFolder(t);
  const names = ["ten", "two", "letter"];
  writeCoco(
    root,
    JSON.stringify({
      images: [{ id: 7, file_name: "a.jpg" }],
      annotations: [{ image_id: "7", category_id: 2 }],
      categories: ["10", "2", "x"].map((id, index) => ({ id, name: names[index] })),
    }),
  );
  const { labels } = await coco.list(cocoConfig(root), { labels: true });
  assert.deepEqual(
    [labels!.names, [...labels!.flags]],
    [
      ["two", "ten", "letter"],
      [1, 0, 0],
    ],
  );
});

test("a crowd is 1, true or their text; what is neither crowd nor none is named", async (t) => {
  for (const crowd of [1, true, "1"]) {
    const root = temporaryFolder(t);
    const images = files.map((file_name, id) => ({ id, file_name }));
    const flags = [crowd, crowd === "1" ? "0" : false, undefined];
    const annotations = flags.map((iscrowd, image_id) => ({ image_id, category_id: 1, iscrowd }));
    writeCoco(root, instances(images, annotations));
    assert.deepEqual((await listed(root, { iscrowd: "exclude" })).ids, ["b.jpg", "c.jpg"], String(crowd));
    writeCoco(root, instances(images, [{ image_id: 0, category_id: 1, iscrowd: "crowd" }]));
    await assert.rejects(
      listed(root, { iscrowd: "exclude" }),
      /annotations\[0\]: expected an iscrowd of 0 or 1, got "crowd"$/,
    );
  }
});

test("NaN and Infinity, which Python writes, are no reason to refuse a file", async (t) => {
  const root = temporaryFolder(t);
  const annotation = (area: string) =>
    `{"image_id": 1, "category_id": 1, "area": ${area}, "bbox": [NaN, -Infinity, 1], "note": "NaN \\" NaN"}`;
  const json = (area: string) =>
    `{"images": [{"id": 1, "file_name": "a.jpg", "score": NaN}], "annotations": [${annotation(area)}],
      "categories": ${JSON.stringify(categories)}}`;
  for (const area of ["NaN", "Infinity", "12.5"]) {
    const path = writeCoco(root, json(area));
    assert.deepEqual((await listed(root)).ids, ["a.jpg"]);
    if (area === "12.5") assert.deepEqual((await listed(root, { min_area: 12 })).ids, ["a.jpg"]);
    else {
      await assert.rejects(listed(root, { min_area: 12 }), {
        message: `${path}: annotations[0]: expected an area for min_area, got null`,
      });
    }
  }
});

test("names that differ from the disk are matched where unmistakable, and one pair is named", async (t) => {
  for (const [name, path, way] of [
    ["train2017/a.jpg", "a.jpg", "folder"],
    ["/home/x/coco/train2017/a.jpg", "a.jpg", "folder"],
    ["a.jpg", "part0/a.jpg", "folder"],
    ["./a.jpg", "a.jpg", "spelling"],
    ["cam1\\a.jpg", "cam1/a.jpg", "spelling"],
    ["caf\u00e9.jpg", "cafe\u0301.jpg", "spelling"],
    ["A.JPG", "a.jpg", "case"],
    ["Train2017/A.jpg", "a.jpg", "case"],
    ["a.jpg", "a.png", "extension"],
  ] as const) {
    const root = temporaryFolder(t);
    writeCoco(root, instances([{ id: 1, file_name: name }], [{ image_id: 1, category_id: 1 }]), [path]);
    const { ids, notes } = await listed(root);
    assert.deepEqual(ids, [path], name);
    const [shownName, shownPath] = [JSON.stringify(name), JSON.stringify(path)];
    assert.deepEqual(notes, [
      `train2017: 1 name of the annotations file matched despite another ${way}: ${shownName} is ${shownPath} on disk`,
    ]);
  }
});

test("a name that may mean another image is not matched but named", async (t) => {
  for (const [name, paths, pair] of [
    ["val2017/a.jpg", ["a.jpg"], '"val2017/a.jpg" is not "a.jpg" on disk'],
    ["a.jpg", ["x/a.jpg", "y/a.jpg"], '"a.jpg" is not "x/a.jpg" on disk'],
    ["a.jpg", ["a.png", "a.webp"], '"a.jpg" is not "a.png" on disk'],
  ] as const) {
    const root = temporaryFolder(t);
    writeCoco(root, instances([{ id: 1, file_name: name }], [{ image_id: 1, category_id: 1 }]), paths);
    const { ids, notes } = await listed(root);
    assert.deepEqual(ids, []);
    assert.match(notes.join("\n"), new RegExp(`and so none: ${pair}`));
  }
  const root = temporaryFolder(t);
  const images = ["/x/train2017/a.jpg", "/y/train2017/a.jpg"].map((file_name, id) => ({ id, file_name }));
  writeCoco(root, instances(images, [{ image_id: 1, category_id: 1 }]));
  assert.deepEqual((await listed(root)).ids, []);
});

test("annotations of images and categories that are not listed are said", async (t) => {
  const root = temporaryFolder(t);
  const annotations = [
    { image_id: 1, category_id: 1 },
    { image_id: 1, category_id: 7 },
    { image_id: 99, category_id: 1 },
  ];
  writeCoco(root, instances([{ id: 1, file_name: "a.jpg" }], annotations), ["a.jpg"]);
  assert.deepEqual((await listed(root)).notes, [
    "train2017: annotations of 1 image that the file does not list, such as that of image_id 99",
    "train2017: annotations of a category that the file does not list: category_id 7",
  ]);
});
