import assert from "node:assert/strict";
import { test } from "node:test";
import { apportion, largestTotal } from "../../../src/datasets/prepare/apportion.ts";
import { randomStream } from "../../../src/random.ts";

test("shares sum to the total, by largest remainders, the earlier of equal ones first", () => {
  assert.deepEqual(apportion(10, [1, 1]), [5, 5]);
  assert.deepEqual(apportion(11, [1, 1]), [6, 5]);
  assert.deepEqual(apportion(10, [1, 2, 4]), [1, 3, 6]);
  assert.deepEqual(apportion(1, [1, 3]), [0, 1]);
  assert.deepEqual(apportion(3, [0.1, 0.2]), [1, 2]);
  assert.deepEqual(apportion(0, [1, 2]), [0, 0]);
});

test("the largest total that all can give", () => {
  assert.equal(largestTotal([10, 100], [1, 1]), 20);
  assert.equal(largestTotal([10, 100], [1, 3]), 40);
  assert.equal(largestTotal([7, 100], [0.7, 0.3]), 10);
  assert.equal(largestTotal([0, 100], [1, 1]), 0);
});

test("no share is more than there is, and each is its exact share to one", () => {
  const stream = randomStream("apportion");
  for (let round = 0; round < 2000; round++) {
    const weights = Array.from({ length: 2 + stream.below(4) }, () => 0.1 * (1 + stream.below(30)));
    const available = weights.map(() => stream.below(500));
    const total = largestTotal(available, weights);
    const shares = apportion(total, weights);
    const sum = weights.reduce((a, b) => a + b, 0);
    assert.equal(
      shares.reduce((a, b) => a + b, 0),
      total,
    );
    for (const [place, share] of shares.entries()) {
      assert.ok(share <= available[place]!, `${share} of ${available[place]}`);
      assert.ok(Math.abs(share - (total * weights[place]!) / sum) < 1);
    }
  }
});
