// Unions: proportions that hold exactly, sides within each part, ids that stay apart.

import assert from "node:assert/strict";
import { basename, join } from "node:path";
import { test } from "node:test";
import type { PartConfig, UnionConfig } from "../../../src/datasets/kinds/union.ts";
import type { PreparedDataset } from "../../../src/datasets/prepare/prepare.ts";
import { UserError } from "../../../src/errors.ts";
import { namesOf, prepare, temporaryFolder, write, writePictures } from "../pictures.ts";

function unionOf(
  parts: readonly (readonly [weight: number, dataset: PartConfig])[],
  change: Partial<UnionConfig> = {},
): UnionConfig {
  const weighted = parts.map(([weight, dataset]) => ({ name: null, weight, dataset }));
  return {
    kind: "union",
    parts: weighted,
    labels: null,
    limit: null,
    holdout: 0.2,
    seed: 1,
    greyscale: "keep",
    ...change,
  };
}

const folder = (root: string): PartConfig => ({
  kind: "folder",
  root,
  include: [],
  exclude: [],
  split: null,
  labels: null,
});
const scenes = (count: number): PartConfig => ({ kind: "synthetic", count });

function countsOf(prepared: PreparedDataset, indices = [...prepared.seen, ...prepared.unseen]) {
  const counts: Record<string, number> = {};
  for (const name of namesOf(prepared, Uint32Array.from(indices))) {
    const part = name.split("/")[0]!;
    counts[part] = (counts[part] ?? 0) + 1;
  }
  return counts;
}

test("without a limit the smallest part decides, with one the limit does", async (t) => {
  const root = temporaryFolder(t);
  await writePictures(root, 20);
  const cacheFolder = temporaryFolder(t);
  for (const [weights, limit, expected] of [
    [[1, 1], null, { folder: 20, synthetic: 20 }],
    [[2, 1], null, { folder: 20, synthetic: 10 }],
    [[1, 2], null, { folder: 20, synthetic: 40 }],
    [[1, 1], 30, { folder: 15, synthetic: 15 }],
    [[1, 2], 30, { folder: 10, synthetic: 20 }],
    [[1, 1], 99, { folder: 20, synthetic: 20 }],
    [[0.5, 0.25], 15, { folder: 10, synthetic: 5 }],
  ] as const) {
    const config = unionOf(
      [
        [weights[0], folder(root)],
        [weights[1], scenes(50)],
      ],
      { limit },
    );
    const prepared = await prepare(t, config, cacheFolder);
    assert.deepEqual(countsOf(prepared), expected, `${weights} ${limit}`);
  }
});

test("sides are decided within each part, and the first few images are in proportion", async (t) => {
  const root = temporaryFolder(t);
  await writePictures(root, 40);
  const config = unionOf([
    [1, folder(root)],
    [3, scenes(120)],
  ]);
  const prepared = await prepare(t, config, temporaryFolder(t));
  assert.equal(
    prepared.description,
    `union of folder "${basename(root)}" and synthetic: 128 seen, 32 unseen, 8x8`,
  );
  assert.deepEqual(countsOf(prepared, [...prepared.unseen]), { folder: 8, synthetic: 24 });
  for (const side of [prepared.seen, prepared.unseen]) {
    assert.deepEqual(countsOf(prepared, [...side.subarray(0, 8)]), { folder: 2, synthetic: 6 });
  }
  assert.deepEqual(prepared.notes, ["folder: 40 of 40 images taken", "synthetic: 120 of 120 images taken"]);
  assert.equal(new Set(prepared.ids).size, prepared.ids.length);
  const again = await prepare(t, config, temporaryFolder(t));
  assert.equal(again.fingerprint, prepared.fingerprint);
  const other = await prepare(t, { ...config, seed: 2 }, temporaryFolder(t));
  assert.notEqual(other.fingerprint, prepared.fingerprint);
});

test("what cannot be read counts as not there, so that proportions hold all the same", async (t) => {
  const [few, many] = [temporaryFolder(t), temporaryFolder(t)];
  await writePictures(few, 12);
  await writePictures(many, 40, 100);
  for (const index of [3, 7]) write(join(few, `${String(index).padStart(3, "0")}.png`), "");
  const cacheFolder = temporaryFolder(t);
  const config = unionOf([
    [1, folder(few)],
    [2, folder(many)],
  ]);
  const prepared = await prepare(t, config, cacheFolder);
  assert.deepEqual(countsOf(prepared), { "folder-1": 10, "folder-2": 20 });
  assert.deepEqual(
    prepared.skipped.map(({ path }) => path),
    ["folder-1/003.png", "folder-1/007.png"],
  );
  const warm = await prepare(t, config, cacheFolder);
  assert.deepEqual([warm.fromCache, warm.fingerprint], [true, prepared.fingerprint]);
});

test("official sides are proportions of their own", async (t) => {
  const root = temporaryFolder(t);
  for (const [name, count] of [
    ["a/train", 30],
    ["a/val", 5],
    ["b/train", 20],
    ["b/val", 9],
  ] as const) {
    const start = { "a/train": 0, "a/val": 100, "b/train": 200, "b/val": 300 }[name];
    await writePictures(join(root, name), count, start);
  }
  const split = { seen: "train", unseen: "val" };
  const part = (name: string): PartConfig => ({ ...folder(join(root, name)), split }) as PartConfig;
  const prepared = await prepare(
    t,
    unionOf([
      [1, part("a")],
      [1, part("b")],
    ]),
    temporaryFolder(t),
  );
  assert.deepEqual(countsOf(prepared, [...prepared.seen]), { "folder-1": 20, "folder-2": 20 });
  assert.deepEqual(countsOf(prepared, [...prepared.unseen]), { "folder-1": 5, "folder-2": 5 });
  const limited = unionOf(
    [
      [1, part("a")],
      [1, part("b")],
    ],
    { limit: 8 },
  );
  const few = await prepare(t, limited, temporaryFolder(t));
  assert.deepEqual([few.seen.length, few.unseen.length], [8, 8]);
});

test("the same file in two parts is never on both sides", async (t) => {
  const root = temporaryFolder(t);
  await writePictures(root, 30);
  const prepared = await prepare(
    t,
    unionOf([
      [1, folder(root)],
      [1, folder(root)],
    ]),
    temporaryFolder(t),
  );
  const nameOf = (id: string) => id.split("/")[1];
  const unseen = new Set(namesOf(prepared, prepared.unseen).map(nameOf));
  assert.ok(!namesOf(prepared, prepared.seen).some((id) => unseen.has(nameOf(id))));
});

test("problems of a part name the part", async (t) => {
  const root = temporaryFolder(t);
  await writePictures(root, 10);
  const cacheFolder = temporaryFolder(t);
  const rejects = (part: PartConfig, message: string) =>
    assert.rejects(
      prepare(
        t,
        unionOf([
          [1, folder(root)],
          [1, part],
        ]),
        cacheFolder,
      ),
      new UserError(message),
    );
  await rejects(
    folder("/nowhere"),
    "dataset.parts[1].dataset.root: expected a folder, got /nowhere, which does not exist",
  );
  const empty = temporaryFolder(t);
  await rejects(
    { ...folder(empty), include: ["*.gif"] } as PartConfig,
    `dataset.parts[1].dataset: expected images, got none; looked for image files like *.gif in ${empty} and below; dataset.parts[1].dataset.include: "*.gif" matches no image`,
  );
  await assert.rejects(
    prepare(
      t,
      unionOf([
        [1, folder(root)],
        [1, scenes(9)],
      ]),
      cacheFolder,
      { labels: true },
    ),
    new UserError(
      "dataset.kind: expected coco, celeba, cifar10, cifar100, folder with labels: folders or union with labels: parts, whose images have labels to learn from, got union without labels",
    ),
  );
});
