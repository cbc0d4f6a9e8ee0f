// Histograms whose entropies, distances and palettes are known without computing.

import assert from "node:assert/strict";
import { test } from "node:test";
import { createColorCounter } from "../../../src/runner/emergence/color-tally.ts";
import { hueDistance, hueEntropy, paletteUsed } from "../../../src/runner/emergence/palette.ts";

/** One image with so many pixels of chroma 30 in each hue (degrees), and so many grey ones. */
function tallyOf(hues: Readonly<Record<number, number>>, grey = 0, chroma = 30) {
  const counter = createColorCounter();
  for (const [hue, count] of Object.entries(hues)) {
    const angle = ((Number(hue) + 5) * Math.PI) / 180;
    for (let i = 0; i < count; i++) counter.pixel(60, chroma * Math.cos(angle), chroma * Math.sin(angle));
  }
  for (let i = 0; i < grey; i++) counter.pixel(60, 1, 1);
  counter.endImage();
  return counter.tally();
}

const every10 = Object.fromEntries(Array.from({ length: 36 }, (_, index) => [10 * index, 7]));
const near = (actual: number, expected: number) =>
  assert.ok(Math.abs(actual - expected) < 1e-12, `${actual}`);

test("entropy: one hue has none, 2 alike 1 bit, 36 alike log2(36), and grey does not count", () => {
  near(hueEntropy(tallyOf({ 40: 9 })), 0);
  near(hueEntropy(tallyOf({ 40: 9, 250: 9 }, 1000)), 1);
  near(hueEntropy(tallyOf(every10)), Math.log2(36));
  near(hueEntropy(tallyOf({}, 10)), 0);
  near(hueEntropy(tallyOf({ 40: 3, 250: 1 })), 2 - 0.75 * Math.log2(3));
});

test("distance: 0 to the same hues, 1 to none in common or none at all, symmetric between", () => {
  const [warm, cold] = [tallyOf({ 40: 5 }), tallyOf({ 250: 50 })];
  const both = tallyOf({ 40: 30, 250: 30 });
  near(hueDistance(both, tallyOf({ 40: 2, 250: 2 }, 500)), 0);
  near(hueDistance(warm, cold), 1);
  near(hueDistance(tallyOf({}, 5), both), 1);
  near(hueDistance(both, tallyOf({}, 5)), 1);
  // Middle 3/4 and 1/4: its entropy less half a bit.
  near(hueDistance(warm, both), 2 - 0.75 * Math.log2(3) - 0.5);
  near(hueDistance(both, warm), hueDistance(warm, both));
});

test("palette: cells that real images use, from half of their share on; chroma counts, rare cells do not", () => {
  const real = tallyOf({ 40: 400, 250: 400, 120: 200, 300: 1 }, 1000);
  near(paletteUsed(real, real), 1);
  near(paletteUsed(tallyOf({ 40: 1000 }, 1001), real), 1 / 3);
  near(paletteUsed(tallyOf({ 40: 200, 250: 199 }, 1602), real), 1 / 3);
  near(paletteUsed(tallyOf({ 40: 200, 250: 200 }, 1601), real), 2 / 3);
  near(paletteUsed(tallyOf({}, 50), real), 0);
  near(paletteUsed(tallyOf({ 40: 400, 250: 400, 120: 200 }, 1001, 12), real), 0);
  assert.ok(Number.isNaN(paletteUsed(real, tallyOf({}, 50))));
});
