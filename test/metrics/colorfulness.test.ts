import assert from "node:assert/strict";
import { test } from "node:test";
import { colorfulnessOf } from "../../src/metrics/colorfulness.ts";

test("grey has none, and every grey exactly none", () => {
  const greys = Uint8Array.from({ length: 3 * 256 }, (_, index) => Math.floor(index / 3));
  assert.equal(colorfulnessOf(greys), 0);
});

test("one color all over: its distance from grey counts for three tenths", () => {
  const red = Uint8Array.from({ length: 3 * 10 }, (_, index) => (index % 3 === 0 ? 200 : 0));
  assert.equal(colorfulnessOf(red), 0.3 * Math.hypot(200, 100));
});

test("two colors that balance each other: the spread alone", () => {
  const [red, green] = [
    [180, 80, 130],
    [80, 180, 130],
  ];
  assert.equal(colorfulnessOf(Uint8Array.from([...red!, ...green!])), 100);
});
