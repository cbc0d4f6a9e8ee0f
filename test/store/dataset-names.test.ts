// A data set is stored once; names of files and hashes are those of whoever saved it last.

import assert from "node:assert/strict";
import { test } from "node:test";
import { temporaryStore } from "./fixtures.ts";

const row = { fingerprint: "f", description: 'folder "here"', size: 8, seenCount: 1, unseenCount: 1 };
const images = (...names: readonly string[]) =>
  names.map((id, index) => ({ id, set: index === 0 ? ("seen" as const) : ("unseen" as const) }));

test("the same images under other names have the newer names, and what is left out with them", (t) => {
  const store = temporaryStore(t);
  store.saveDataset(row, images("a.png", "b.png"), [{ path: "z.png", reason: "greyscale" }]);
  assert.deepEqual(store.imageHashes("f", "seen"), [null]);
  const renamed = images("b.png", "a.png").map((image, index) => ({ ...image, hash: `h${index}` }));
  store.saveDataset({ ...row, description: 'folder "there"' }, renamed, [
    { path: "y.png", reason: "greyscale" },
  ]);
  assert.deepEqual(store.datasetImages("f"), images("b.png", "a.png"));
  assert.equal(store.dataset("f")!.description, 'folder "there"');
  assert.deepEqual(store.skippedFiles("f"), [{ path: "y.png", reason: "greyscale" }]);
  assert.deepEqual([store.imageHashes("f", "seen"), store.imageHashes("f", "unseen")], [["h0"], ["h1"]]);
  store.saveDataset(row, images("b.png", "a.png"), []);
  assert.deepEqual(store.imageHashes("f", "seen"), ["h0"], "a hash that is known stays");
});
