// Other views of a picture: what each setting may and may not do.

import assert from "node:assert/strict";
import { test } from "node:test";
import { createAugmenter, preparedSize } from "../../../src/datasets/prepare/augment.ts";
import type { AugmentConfig } from "../../../src/experiment/experiment.ts";
import { randomStream } from "../../../src/random.ts";

const none: AugmentConfig = { flip: false, crop: 1, rotate: 0, zoom: 0 };

/** Every pixel tells its place: red is the column, green the row. */
function places(size: number): Uint8Array {
  return Uint8Array.from({ length: size * size * 3 }, (_, i) => {
    const pixel = Math.floor(i / 3);
    return [pixel % size, Math.floor(pixel / size), 7][i % 3]!;
  });
}

function view(config: AugmentConfig, from: number, size: number, key: number): Uint8Array {
  const into = new Uint8Array(size * size * 3 + 5).fill(99);
  const augment = createAugmenter(config, from, size);
  augment(places(from), into, 5, randomStream("augment test", key));
  assert.deepEqual(Array.from(into.subarray(0, 5)), [99, 99, 99, 99, 99], "what lies before stays");
  return into.subarray(5);
}

/** Column and row that a pixel of the view came from. */
const at = (pixels: Uint8Array, size: number, x: number, y: number) => [
  pixels[(y * size + x) * 3]!,
  pixels[(y * size + x) * 3 + 1]!,
];

test("without settings every view is the picture", () => {
  for (let key = 0; key < 5; key++) assert.deepEqual(view(none, 8, 8, key), places(8));
});

test("flipped views are mirrored, about half of them", () => {
  const flips = Array.from({ length: 400 }, (_, key) => view({ ...none, flip: true }, 6, 6, key));
  const mirrored = flips.filter((pixels) => at(pixels, 6, 0, 2)[0] === 5);
  for (const pixels of mirrored)
    for (let x = 0; x < 6; x++) assert.deepEqual(at(pixels, 6, x, 2), [5 - x, 2]);
  assert.ok(mirrored.length > 150 && mirrored.length < 250, `${mirrored.length} of 400`);
});

test("crops reach every window of the larger picture and nothing outside", () => {
  assert.equal(preparedSize(256, { ...none, crop: 286 / 256 }), 286);
  assert.equal(preparedSize(64, none), 64);
  const seen = new Set<string>();
  for (let key = 0; key < 400; key++) {
    const pixels = view({ ...none, crop: 1.5 }, 9, 6, key);
    const [left, top] = at(pixels, 6, 0, 0) as [number, number];
    assert.deepEqual(at(pixels, 6, 5, 5), [left + 5, top + 5]);
    seen.add(`${left},${top}`);
  }
  assert.equal(seen.size, 16, "4 x 4 windows");
});

test("turning and zooming keep the middle and stay within their ranges", () => {
  const size = 33;
  const middle = 16;
  const reach = { least: Number.POSITIVE_INFINITY, most: 0, angle: 0 };
  for (let key = 0; key < 300; key++) {
    const pixels = view({ ...none, rotate: 20, zoom: 0.2 }, size, size, key);
    assert.deepEqual(at(pixels, size, middle, middle), [middle, middle]);
    const [x, y] = at(pixels, size, middle + 10, middle) as [number, number];
    const length = Math.hypot(x - middle, y - middle) / 10;
    reach.least = Math.min(reach.least, length);
    reach.most = Math.max(reach.most, length);
    reach.angle = Math.max(reach.angle, Math.abs(Math.atan2(y - middle, x - middle)) * (180 / Math.PI));
  }
  assert.ok(reach.least > 0.72 && reach.least < 0.9, `least ${reach.least}`);
  assert.ok(reach.most < 1.28 && reach.most > 1.1, `most ${reach.most}`);
  assert.ok(reach.angle < 24 && reach.angle > 14, `angle ${reach.angle}`);
});

test("a picture of one color stays one, its edges too", () => {
  const augment = createAugmenter({ flip: true, crop: 1.25, rotate: 180, zoom: 0.9 }, 10, 8);
  for (let key = 0; key < 20; key++) {
    const into = new Uint8Array(8 * 8 * 3);
    augment(new Uint8Array(300).fill(41), into, 0, randomStream("one color", key));
    assert.ok(into.every((value) => value === 41));
  }
});

test("the same key gives the same view", () => {
  const config = { flip: true, crop: 1.2, rotate: 10, zoom: 0.1 };
  assert.deepEqual(view(config, 12, 10, 3), view(config, 12, 10, 3));
  assert.notDeepEqual(view(config, 12, 10, 3), view(config, 12, 10, 4));
});
