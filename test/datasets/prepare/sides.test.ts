import assert from "node:assert/strict";
import { test } from "node:test";
import { type Candidate, chooseSides, type SideRule } from "../../../src/datasets/prepare/sides.ts";
import { UserError } from "../../../src/errors.ts";
import { randomStream } from "../../../src/random.ts";

const rule = (change: Partial<SideRule> = {}): SideRule => ({
  seed: 1,
  holdout: 0.2,
  key: "dataset",
  ...change,
});
const images = (hashes: readonly string[]): Candidate[] => hashes.map((hash) => ({ side: null, hash }));
const distinct = (count: number) => images(Array.from({ length: count }, (_, index) => `h${index}`));

test("over many seeds, sizes and copies the sides are disjoint, complete and share no file", () => {
  for (let seed = 0; seed < 400; seed++) {
    const stream = randomStream("test", seed);
    const count = 12 + stream.below(60);
    const kinds = 6 + stream.below(count);
    const candidates = images(Array.from({ length: count }, () => `h${stream.below(kinds)}`));
    const { seen, unseen } = chooseSides(
      candidates,
      rule({ seed, holdout: 0.05 + stream.uniform() * 0.4 }),
      "x",
    );
    assert.equal(new Set([...seen, ...unseen]).size, count, `seed ${seed}`);
    assert.equal(seen.length + unseen.length, count, `seed ${seed}`);
    const seenHashes = new Set(Array.from(seen, (index) => candidates[index]!.hash));
    assert.ok(!Array.from(unseen).some((index) => seenHashes.has(candidates[index]!.hash)), `seed ${seed}`);
  }
});

test("the holdout share is held out, and one image at least", () => {
  assert.equal(chooseSides(distinct(40), rule({ holdout: 0.05 }), "x").unseen.length, 2);
  assert.equal(chooseSides(distinct(100), rule(), "x").unseen.length, 20);
  assert.equal(chooseSides(distinct(100), rule({ holdout: 0.001 }), "x").unseen.length, 1);
});

test("another seed chooses other images", () => {
  const choose = (seed: number) => [...chooseSides(distinct(50), rule({ seed }), "x").unseen];
  assert.deepEqual(choose(3), choose(3));
  assert.notDeepEqual(choose(3).sort(), choose(4).sort());
});

test("a file among the official unseen ones is not trained on", () => {
  const candidates: Candidate[] = [
    { side: "seen", hash: "a" },
    { side: "seen", hash: "b" },
    { side: "unseen", hash: "a" },
  ];
  const { seen, unseen, notes } = chooseSides(candidates, rule(), "x");
  assert.deepEqual([[...seen], [...unseen]], [[1], [2]]);
  assert.deepEqual(notes, ["1 image to train on left out, as the same file is among the unseen ones"]);
});

test("too few images say what was looked for", () => {
  const expected = new UserError(
    "dataset: expected at least 1 seen and 1 unseen images, got 0 and 3; looked for cats" +
      " (2 images a copy of another one, kept on the same side)",
  );
  assert.throws(() => chooseSides(images(["a", "a", "a"]), rule(), "cats"), expected);
  assert.throws(() => chooseSides([], rule(), "cats"), /got 0 and 0; looked for cats$/);
});
