// Against real copies of the data sets beside the repository; skipped where there are none.

import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import type { CelebaConfig } from "../../src/datasets/kinds/celeba.ts";
import type { CocoConfig } from "../../src/datasets/kinds/coco.ts";
import type { PreparedDataset } from "../../src/datasets/prepare/prepare.ts";
import { celebaConfig, cocoConfig, folderConfig, pixelsOf, prepare, temporaryFolder } from "./pictures.ts";

const data = fileURLToPath(new URL("../../../shared/data", import.meta.url));
const common = { limit: null, holdout: 0.1, seed: 1 } as const;
const skipWithout = (name: string) => (existsSync(join(data, name)) ? false : `no ${join(data, name)}`);

function shownBy({ ids, labels }: PreparedDataset, id: string): string[] {
  const flags = new Float32Array(labels!.names.length);
  labels!.read([ids.indexOf(id)], flags);
  return labels!.names.filter((_, column) => flags[column] === 1);
}

const coco: CocoConfig = cocoConfig(join(data, "coco"), { ...common, unseen_split: "val2017" });
const celeba: CelebaConfig = celebaConfig(join(data, "celeba"), common);

test("COCO: both splits, with files that have no row", { skip: skipWithout("coco") }, async (t) => {
  const prepared = await prepare(t, coco, temporaryFolder(t), { size: 16 });
  assert.equal(prepared.description, "coco train2017 + val2017: 204 seen, 274 unseen, 16x16");
  assert.match(prepared.notes.join("\n"), /val2017: 76 images on disk without a row/);
  assert.deepEqual(
    prepared.skipped.map(({ path, reason }) => `${path} ${reason}`),
    [
      "train2017/000000114694.jpg greyscale",
      "train2017/000000221184.jpg greyscale",
      "val2017/000000060932.jpg greyscale",
      "val2017/000000064523.jpg greyscale",
      "val2017/000000161044.jpg greyscale",
      "val2017/000000551780.jpg greyscale",
    ],
  );
  const people = await prepare(t, { ...coco, categories: ["person"] }, temporaryFolder(t), { size: 16 });
  assert.ok(people.seen.length < prepared.seen.length && people.unseen.length > 20);
  assert.ok(pixelsOf(people, people.seen).some((value) => value > 128));
});

test("CelebA: absent images and an attributes file that stops early", {
  skip: skipWithout("celeba"),
}, async (t) => {
  const config = { ...celeba, attributes: { Smiling: true }, limit: 60 };
  const prepared = await prepare(t, config, temporaryFolder(t), { size: 16 });
  assert.equal(prepared.seen.length + prepared.unseen.length, 60);
  assert.match(prepared.notes.join("\n"), /194602 rows of the partition file without an image on disk/);
  assert.match(prepared.notes.join("\n"), /1871 images without a row in the attributes file/);
  const val = { ...celeba, unseen_split: "val" as const, limit: 20 };
  await assert.rejects(
    prepare(t, val, temporaryFolder(t), { size: 16 }),
    /got 20 and 0; looked for faces of train/,
  );
});

test("COCO: 80 labels, of images with a row alone", { skip: skipWithout("coco") }, async (t) => {
  const cacheFolder = temporaryFolder(t);
  const prepared = await prepare(t, coco, cacheFolder, { size: 16, labels: true });
  assert.equal(prepared.description, "coco train2017 + val2017: 204 seen, 199 unseen, 16x16");
  assert.match(
    prepared.notes.join("\n"),
    /val2017: 76 images on disk without a row .*, left out, as nothing/,
  );
  const { names, shares } = prepared.labels!;
  assert.deepEqual([names.length, names[0], names[79]], [80, "person", "toothbrush"]);
  assert.deepEqual(shownBy(prepared, "train2017/000000262145.jpg"), ["person", "umbrella", "carrot"]);
  assert.deepEqual(shownBy(prepared, "train2017/000000262284.jpg"), []);
  assert.equal(shares[0], 98 / 204);
  const train = { ...coco, unseen_split: null };
  assert.equal((await prepare(t, train, cacheFolder, { size: 16 })).fromCache, false);
  assert.equal((await prepare(t, train, cacheFolder, { size: 16, labels: true })).fromCache, true);
});

test("CelebA: 40 attributes, as far as their file goes", { skip: skipWithout("celeba") }, async (t) => {
  const config = { ...celeba, limit: 200 };
  const prepared = await prepare(t, config, temporaryFolder(t), { size: 16, labels: true });
  assert.match(prepared.notes.join("\n"), /1871 images without a row in the attributes file, left out/);
  assert.deepEqual([prepared.labels!.names.length, prepared.labels!.names[39]], [40, "Young"]);
  assert.ok(prepared.labels!.shares.every((share) => share >= 0 && share <= 1));
  assert.ok(prepared.ids.every((id) => id <= "img_align_celeba/006128.jpg"));
});

test("old photographs: grey and sepia ones are dropped unless asked for", {
  skip: skipWithout("old-photos"),
}, async (t) => {
  const config = folderConfig(join(data, "old-photos"));
  const cacheFolder = temporaryFolder(t);
  const dropped = await prepare(t, config, cacheFolder, { size: 16 });
  assert.equal(dropped.seen.length + dropped.unseen.length, 8);
  assert.equal(dropped.skipped.length, 22);
  assert.ok(dropped.skipped.some(({ path }) => path === "old_w_scratch_a.png"));
  assert.match(dropped.notes.join(), /^22 greyscale photographs left out, such as "000000113488.jpg"$/);
  const kept = await prepare(t, config, cacheFolder, { size: 16, greyscale: "keep" });
  assert.deepEqual([kept.fromCache, kept.seen.length, kept.unseen.length], [true, 24, 6]);
  assert.deepEqual([kept.skipped, kept.notes], [[], []]);
});
