import assert from "node:assert/strict";
import { test } from "node:test";
import { epochBatches } from "../../../src/datasets/prepare/batches.ts";

const indices = Uint32Array.from({ length: 23 }, (_, index) => index * 3);

test("an epoch holds each index at most once and drops what does not fill a batch", () => {
  const batches = epochBatches(indices, 5, 7, 0);
  assert.deepEqual(
    batches.map(({ length }) => length),
    [5, 5, 5, 5],
  );
  const all = batches.flatMap((batch) => [...batch]);
  assert.equal(new Set(all).size, 20);
  assert.ok(all.every((index) => indices.includes(index)));
});

test("an epoch that keeps its last batch holds every index once", () => {
  const batches = epochBatches(indices, 5, 7, 0, true);
  assert.deepEqual(
    batches.map(({ length }) => length),
    [5, 5, 5, 5, 3],
  );
  assert.deepEqual(new Set(batches.flatMap((batch) => [...batch])), new Set(indices));
  assert.deepEqual(batches.slice(0, 4), epochBatches(indices, 5, 7, 0));
});

test("the order is fixed by seed and epoch and differs between them", () => {
  const flat = (seed: number, epoch: number) =>
    epochBatches(indices, 5, seed, epoch).flatMap((batch) => [...batch]);
  assert.deepEqual(flat(7, 3), flat(7, 3));
  assert.notDeepEqual(flat(7, 3), flat(7, 4));
  assert.notDeepEqual(flat(7, 3), flat(8, 3));
});

test("fewer indices than a batch give no batch", () => {
  assert.deepEqual(epochBatches(indices, 24, 7, 0), []);
});
