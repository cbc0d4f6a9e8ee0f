// Against real copies of the data sets beside the repository; skipped where there are none.

import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import type { CelebaConfig, CocoConfig } from "../../src/experiment/experiment.ts";
import { folderConfig, namesOf, pixelsOf, prepare, temporaryFolder } from "./pictures.ts";

const data = fileURLToPath(new URL("../../../shared/data", import.meta.url));
const common = { limit: null, holdout: 0.1, seed: 1 } as const;
const skipWithout = (name: string) => (existsSync(join(data, name)) ? false : `no ${join(data, name)}`);

const coco: CocoConfig = {
  ...common,
  kind: "coco",
  root: join(data, "coco"),
  split: "train2017",
  unseenSplit: "val2017",
  categories: null,
};
const celeba: CelebaConfig = {
  ...common,
  kind: "celeba",
  root: join(data, "celeba"),
  split: "train",
  unseenSplit: null,
  attributes: {},
};

test("COCO: both splits, with files that have no row", { skip: skipWithout("coco") }, async (t) => {
  const prepared = await prepare(t, coco, temporaryFolder(t), { size: 16 });
  assert.equal(prepared.description, "coco train2017 + val2017: 206 seen, 278 unseen, 16x16");
  assert.match(prepared.notes.join("\n"), /val2017: 76 images on disk without a row/);
  assert.deepEqual(prepared.skipped, []);
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
  const val = { ...celeba, unseenSplit: "val" as const, limit: 20 };
  await assert.rejects(
    prepare(t, val, temporaryFolder(t), { size: 16 }),
    /got 20 and 0; looked for faces of train/,
  );
});

test("a folder of old photographs", { skip: skipWithout("old-photos") }, async (t) => {
  const prepared = await prepare(t, folderConfig(join(data, "old-photos")), temporaryFolder(t), { size: 16 });
  assert.equal(prepared.ids.length, 30);
  assert.equal(namesOf(prepared, prepared.unseen).length, 6);
});
