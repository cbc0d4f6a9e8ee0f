// Labels of prepared images: the right ones for each index, in memory only, beside a cache that they share.

import assert from "node:assert/strict";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import type { PreparedDataset } from "../../../src/datasets/prepare/prepare.ts";
import {
  celebaConfig,
  cocoConfig,
  folderConfig,
  namesOf,
  prepare,
  temporaryFolder,
  write,
  writePictures,
} from "../pictures.ts";

const names = ["two", "three", "five", "none"];
const dividesBy = [2, 3, 5, 1000];
const numberOf = (id: string) => Number(id.slice(-7, -4)) + 1;
const flagsOf = (id: string) => dividesBy.map((divisor) => (numberOf(id) % divisor === 0 ? 1 : 0));

const fileNames = (count: number) =>
  Array.from({ length: count }, (_, index) => `${String(index).padStart(3, "0")}.png`);

type Annotation = { readonly image_id: number; readonly category_id: number };

function writeInstances(
  root: string,
  split: string,
  files: readonly string[],
  annotations: readonly Annotation[],
): void {
  const images = files.map((file_name, id) => ({ id, file_name }));
  const categories = names.map((name, at) => ({ id: at + 1, name }));
  write(
    join(root, `annotations/instances_${split}.json`),
    JSON.stringify({ images, annotations, categories }),
  );
}

/** `count` pictures with rows; the labels of picture n are the divisors of n + 1. */
async function writeSplit(root: string, split: string, count: number): Promise<void> {
  await writePictures(join(root, split), count);
  const annotations = fileNames(count).flatMap((file, image_id) =>
    flagsOf(file).flatMap((flag, at) => (flag === 1 ? [{ image_id, category_id: at + 1 }] : [])),
  );
  writeInstances(root, split, fileNames(count), annotations);
}

function assertLabels(prepared: PreparedDataset): void {
  const { labels, ids, seen } = prepared;
  assert.ok(labels !== null);
  assert.deepEqual(labels.names, names);
  const all = new Float32Array(ids.length * names.length);
  labels.read([...ids.keys()], all);
  assert.deepEqual([...all], ids.flatMap(flagsOf));
  const seenFlags = namesOf(prepared, seen).map(flagsOf);
  const shares = names.map(
    (_, column) => seenFlags.filter((flags) => flags[column] === 1).length / seen.length,
  );
  assert.deepEqual(labels.shares, shares);
}

test("each index has its own labels, with a limit and files that cannot be read", async (t) => {
  const root = temporaryFolder(t);
  await writeSplit(root, "train", 40);
  for (const [index, file] of fileNames(40).entries()) {
    if (index % 5 === 0) write(join(root, "train", file), "");
  }
  const config = cocoConfig(root, { split: "train" });
  for (const limit of [null, 15]) {
    const prepared = await prepare(t, { ...config, limit }, temporaryFolder(t), { labels: true });
    assert.ok(prepared.skipped.length > 0);
    assert.equal(prepared.ids.length, limit ?? 32);
    assertLabels(prepared);
  }
});

test("labels are read in any order, from an offset, and never beyond what is there", async (t) => {
  const root = temporaryFolder(t);
  await writeSplit(root, "train", 12);
  const config = cocoConfig(root, { split: "train" });
  const { labels } = await prepare(t, config, temporaryFolder(t), { labels: true });
  const into = new Float32Array(14).fill(9);
  labels!.read(Uint32Array.of(5, 2, 5), into, 1);
  assert.deepEqual([...into], [9, 1, 1, 0, 0, 0, 1, 0, 0, 1, 1, 0, 0, 9]);
  assert.throws(
    () => labels!.read([0, 1, 2], into, 3),
    new RangeError("labels of 3 images do not fit into 14 numbers from 3"),
  );
  assert.throws(() => labels!.read([12], into), /image 12 of 12/);
  assert.throws(() => labels!.read([0], into, -1), RangeError);
});

test("the same images with and without labels are decoded once", async (t) => {
  const root = temporaryFolder(t);
  const cacheFolder = temporaryFolder(t);
  await writeSplit(root, "train", 20);
  const config = cocoConfig(root, { split: "train", categories: ["two", "five"] });
  for (const chosen of [config, { ...config, categories: null }, { ...config, limit: 6 }]) {
    const without = await prepare(t, chosen, cacheFolder);
    const labelled = await prepare(t, chosen, cacheFolder, { labels: true });
    assert.deepEqual([without.fromCache, labelled.fromCache], [false, true]);
    assert.deepEqual([without.labels, labelled.ids], [null, without.ids]);
    assertLabels(labelled);
  }
  assert.equal(readdirSync(cacheFolder).length, 3);
});

test("the fingerprint knows labels that were asked for", async (t) => {
  const root = temporaryFolder(t);
  const cacheFolder = temporaryFolder(t);
  await writeSplit(root, "train", 20);
  const config = cocoConfig(root, { split: "train" });
  const fingerprint = async (labels: boolean) =>
    (await prepare(t, config, cacheFolder, { labels })).fingerprint;
  const [without, labelled] = [await fingerprint(false), await fingerprint(true)];
  assert.notEqual(labelled, without);
  writeInstances(root, "train", fileNames(20), [{ image_id: 3, category_id: 1 }]);
  assert.equal(await fingerprint(false), without);
  assert.notEqual(await fingerprint(true), labelled);
});

test("an unseen split has labels of its own, and shares count the seen images alone", async (t) => {
  const root = temporaryFolder(t);
  await writeSplit(root, "train", 9);
  await writeSplit(root, "val", 30);
  // The same picture on both sides is not trained on, so that three remain.
  for (const file of fileNames(3)) write(join(root, "val", file), "");
  const config = cocoConfig(root, { split: "train", unseen_split: "val" });
  const prepared = await prepare(t, config, temporaryFolder(t), { labels: true });
  assert.deepEqual([prepared.seen.length, prepared.unseen.length], [3, 27]);
  assert.deepEqual(prepared.labels!.shares, [1 / 3, 1 / 3, 0, 0]);
  assertLabels(prepared);
});

test("CelebA's faces are prepared with their attributes", async (t) => {
  const root = temporaryFolder(t);
  await writePictures(join(root, "img_align_celeba"), 10);
  const files = fileNames(10);
  write(join(root, "list_eval_partition.txt"), files.map((file) => `${file} 0`).join("\n"));
  const rows = files.slice(0, 8).map((file) => {
    const marks = flagsOf(file).map((flag) => (flag === 1 ? "1" : "-1"));
    return `${file} ${marks.join(" ")}`;
  });
  write(join(root, "list_attr_celeba.txt"), ["8", names.join(" "), ...rows].join("\n"));
  const prepared = await prepare(t, celebaConfig(root), temporaryFolder(t), { labels: true });
  assert.equal(prepared.ids.length, 8);
  assert.deepEqual(prepared.notes, ["2 images without a row in the attributes file, left out"]);
  assertLabels(prepared);
});

test("images that no list knows are too few, and the message says why", async (t) => {
  const root = temporaryFolder(t);
  await writeSplit(root, "train", 4);
  await writePictures(join(root, "val"), 3);
  writeInstances(root, "val", ["x.png"], [{ image_id: 0, category_id: 1 }]);
  await assert.rejects(
    prepare(t, cocoConfig(root, { split: "val" }), temporaryFolder(t), { labels: true }),
    /got 0 and 0; looked for images of val in .*; val: 3 images on disk without a row .*, left out, as nothing/,
  );
});

test("kinds without labels say so before anything is listed or decoded", async (t) => {
  const cacheFolder = join(temporaryFolder(t), "none");
  const synthetic = {
    kind: "synthetic",
    count: 20,
    limit: null,
    holdout: 0.1,
    seed: 3,
    greyscale: "keep",
  } as const;
  for (const [config, got] of [
    [folderConfig("/nowhere"), "folder without labels"],
    [synthetic, "synthetic"],
  ] as const) {
    await assert.rejects(prepare(t, config, cacheFolder, { labels: true }), {
      name: "UserError",
      message: `dataset.kind: expected coco, celeba, cifar10, cifar100, folder with labels: folders or union with labels: parts, whose images have labels to learn from, got ${got}`,
    });
  }
  assert.throws(() => readdirSync(cacheFolder), /ENOENT/);
});
