import assert from "node:assert/strict";
import { join } from "node:path";
import { test } from "node:test";
import type { CelebaConfig } from "../../../src/datasets/kinds/celeba.ts";
import { celeba } from "../../../src/datasets/kinds/celeba.ts";
import { celebaConfig, plain, prepare, temporaryFolder, write } from "../pictures.ts";

const partition = ["000001.jpg 0", "000002.jpg 0", "000003.jpg 1", "000004.jpg 2", "000009.jpg 0"];
const attributes = ["5", "Male Smiling ", "000001.jpg  1 -1", "000002.jpg -1  1", "000003.jpg -1 -1"];

function writeFaces(root: string, folder = "img_align_celeba"): void {
  for (let face = 1; face <= 5; face++) write(join(root, folder, `00000${face}.jpg`), "");
}

const namesOf = async (of: CelebaConfig) =>
  (await celeba.list(of)).items.map(({ id }) => id.split("/").at(-1));

test("LF, CRLF and Kaggle's CSV give the same split", async (t) => {
  for (const [name, text] of [
    ["list_eval_partition.txt", `${partition.join("\n")}\n`],
    ["list_eval_partition.txt", `${partition.join("\r\n")}\r\n`],
    [
      "list_eval_partition.csv",
      ["image_id,partition", ...partition.map((line) => line.replace(" ", ","))].join("\n"),
    ],
    ["Eval/list_eval_partition.txt", partition.join("\n")],
  ] as const) {
    const root = temporaryFolder(t);
    write(join(root, name), text);
    writeFaces(root);
    const { items, notes } = await celeba.list(celebaConfig(root, { unseen_split: "val" }));
    assert.deepEqual(
      items.map(({ id, side }) => [id, side]),
      [
        ["img_align_celeba/000001.jpg", "seen"],
        ["img_align_celeba/000002.jpg", "seen"],
        ["img_align_celeba/000003.jpg", "unseen"],
      ],
    );
    assert.deepEqual(notes, [
      "1 row of the partition file without an image on disk",
      "1 image on disk not in the partition file, left out",
    ]);
  }
});

test("images may be nested twice", async (t) => {
  const root = temporaryFolder(t);
  write(join(root, "list_eval_partition.txt"), partition.join("\n"));
  writeFaces(root, "img_align_celeba/img_align_celeba");
  assert.deepEqual(await namesOf(celebaConfig(root)), ["000001.jpg", "000002.jpg"]);
});

test("attributes filter, as text and as CSV, and images beyond the file's end are counted", async (t) => {
  const csv = ["image_id,Male,Smiling", "000001.jpg,1,-1", "000002.jpg,-1,1"];
  for (const [name, lines] of [
    ["list_attr_celeba.txt", attributes],
    ["list_attr_celeba.csv", csv],
  ] as const) {
    const root = temporaryFolder(t);
    write(join(root, "list_eval_partition.txt"), `${partition.join("\n")}\n000005.jpg 0\n`);
    write(join(root, name), lines.join("\r\n"));
    writeFaces(root);
    assert.deepEqual(await namesOf(celebaConfig(root, { attributes: { Smiling: true } })), ["000002.jpg"]);
    assert.deepEqual(await namesOf(celebaConfig(root, { attributes: { Male: true, Smiling: false } })), [
      "000001.jpg",
    ]);
    assert.deepEqual(await namesOf(celebaConfig(root)), ["000001.jpg", "000002.jpg", "000005.jpg"]);
    const { notes } = await celeba.list(celebaConfig(root, { attributes: { Male: true } }));
    assert.match(notes.join("\n"), /images without a row in the attributes file, left out/);
    await assert.rejects(namesOf(celebaConfig(root, { attributes: { smiling: true } })), {
      message:
        'dataset.attributes: expected a known attribute, got "smiling"; did you mean "Smiling"? (known: Male, Smiling)',
    });
  }
});

test("a last line that was cut off is left out, a broken one in the middle is not", async (t) => {
  const root = temporaryFolder(t);
  write(join(root, "list_eval_partition.txt"), partition.join("\n"));
  writeFaces(root);
  const filtered = celebaConfig(root, { attributes: { Male: false } });
  write(join(root, "list_attr_celeba.txt"), [...attributes, "000004.jpg -"].join("\n"));
  assert.deepEqual(await namesOf(filtered), ["000002.jpg"]);
  write(
    join(root, "list_attr_celeba.txt"),
    [...attributes.slice(0, 3), "000002.jpg 1", ...attributes.slice(4)].join("\n"),
  );
  await assert.rejects(namesOf(filtered), /list_attr_celeba.txt:4: expected a file name and 2 times 1 or -1/);
});

test("missing and refused downloads are named", async (t) => {
  const root = temporaryFolder(t);
  await assert.rejects(celeba.list(celebaConfig(root)), /expected the folder img_align_celeba/);
  writeFaces(root);
  await assert.rejects(celeba.list(celebaConfig(root)), /expected list_eval_partition.txt or .csv/);
  write(join(root, "list_eval_partition.txt"), "<!DOCTYPE html><html>Quota exceeded</html>");
  await assert.rejects(celeba.list(celebaConfig(root)), { name: "UserError", message: /got a web page/ });
  write(join(root, "list_eval_partition.txt"), "000001.jpg 0\n000002.jpg 7\n");
  await assert.rejects(
    celeba.list(celebaConfig(root)),
    /list_eval_partition.txt:2: expected a file name and 0, 1 or 2/,
  );
});

test("split all takes every image on disk, and needs no partition file", async (t) => {
  const root = temporaryFolder(t);
  writeFaces(root, "img_align_celeba/img_align_celeba");
  const all = celebaConfig(root, { split: "all" });
  const { items, notes } = await celeba.list(all);
  assert.deepEqual(
    items.map(({ id, side }) => [id, side]),
    [1, 2, 3, 4, 5].map((face) => [`img_align_celeba/img_align_celeba/00000${face}.jpg`, null]),
  );
  assert.deepEqual([notes, celeba.describe(all)], [[], "celeba all"]);
  write(join(root, "list_eval_partition.txt"), "not read");
  write(join(root, "list_attr_celeba.txt"), attributes.join("\r\n"));
  assert.deepEqual(await namesOf({ ...all, attributes: { Male: false } }), ["000002.jpg", "000003.jpg"]);
  assert.deepEqual((await celeba.list(all, { labels: true })).notes, [
    "2 images without a row in the attributes file, left out",
  ]);
});

test("without a partition file the message says what works without one", async (t) => {
  const root = temporaryFolder(t);
  writeFaces(root);
  await assert.rejects(celeba.list(celebaConfig(root)), {
    name: "UserError",
    message: `dataset.root: expected list_eval_partition.txt or .csv in ${root}, got neither; \`split: all\` needs none`,
  });
});

test("half-size copies are faces like any other, by the seed", async (t) => {
  const root = temporaryFolder(t);
  const folder = join(root, "img_align_celeba");
  for (let face = 0; face < 12; face++) {
    const [width, height] = face % 2 === 0 ? [89, 109] : [178, 218];
    write(
      join(folder, `${face}.jpg`),
      await plain({ r: 250 - face * 20, g: 9, b: 9 }, width, height)
        .jpeg()
        .toBuffer(),
    );
  }
  const all = celebaConfig(root, { split: "all" });
  const first = await prepare(t, all, temporaryFolder(t));
  assert.deepEqual([first.seen.length, first.unseen.length, first.skipped], [10, 2, []]);
  const again = await prepare(t, all, temporaryFolder(t));
  const other = await prepare(t, { ...all, seed: 2 }, temporaryFolder(t));
  assert.equal(again.fingerprint, first.fingerprint);
  assert.notEqual(other.fingerprint, first.fingerprint);
});
