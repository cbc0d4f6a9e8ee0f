import assert from "node:assert/strict";
import { test } from "node:test";
import { hueFamilies } from "../../../src/color/hue-families.ts";
import { chromaBins, createColorCounter } from "../../../src/runner/emergence/color-tally.ts";
import { balanceSeries, colorBalanceValues, spreadOf } from "../../../src/runner/health/color-balance.ts";

/** Images, each a list of Lab colors. */
function tallyOf(...images: readonly (readonly (readonly [number, number, number])[])[]) {
  const counter = createColorCounter();
  for (const image of images) {
    for (const [l, a, b] of image) counter.pixel(l, a, b);
    counter.endImage();
  }
  return counter.tally();
}

test("every pixel is counted once: in one family and one cell, or as nearly grey", () => {
  const tally = tallyOf(
    [
      [60, 0, 40],
      [60, 0, 7.9],
      [60, 12, 12],
    ],
    [[30, 10, -50]],
  );
  assert.deepEqual([tally.images, tally.pixels, tally.nearGrey, tally.brown], [2, 4, 1, 1]);
  const counted = hueFamilies.filter((_, index) => tally.families[index] === 1);
  assert.deepEqual(counted, ["skin_brown", "yellow", "blue"]);
  const cells = Array.from(tally.histogram.entries()).filter(([, count]) => count > 0);
  // Hue 90 and chroma 40; 45 and 17; 281.3 and 51.
  const cell = (hue: number, chroma: number) => hue * chromaBins.length + chroma;
  assert.deepEqual(cells, [
    [cell(4, 0), 1],
    [cell(9, 2), 1],
    [cell(28, 2), 1],
  ]);
  assert.ok(Math.abs(tally.chromaSum - (40 + 7.9 + 12 * Math.SQRT2 + Math.hypot(10, 50))) < 1e-9);
});

test("brown is hue 40 to 90 and chroma 8 to 35", () => {
  const polar = (hue: number, chroma: number): [number, number, number] => {
    const angle = (hue * Math.PI) / 180;
    return [50, chroma * Math.cos(angle), chroma * Math.sin(angle)];
  };
  const isBrown = (hue: number, chroma: number) => tallyOf([polar(hue, chroma)]).brown === 1;
  assert.deepEqual(
    [39.9, 40.1, 89.9, 90.1].map((hue) => isBrown(hue, 20)),
    [false, true, true, false],
  );
  assert.deepEqual(
    [7.9, 8.1, 34.9, 35.1].map((chroma) => isBrown(60, chroma)),
    [false, true, true, false],
  );
});

test("spread is the distance of the images' means from their common mean", () => {
  // Means (3, 4) and (-3, -4): 5 from their middle.
  const two = tallyOf(
    [
      [50, 6, 8],
      [50, 0, 0],
    ],
    [[50, -3, -4]],
  );
  assert.ok(Math.abs(spreadOf(two) - 5) < 1e-12);
  assert.equal(spreadOf(tallyOf([[50, 6, 8]])), 0);
});

test("balance: ratios to the real images, shares of both", () => {
  const real = tallyOf([[50, 30, 40]], [[50, -30, -40]]);
  const faint = tallyOf([[50, 3, 4]], [[50, 0, 20]]);
  const values = colorBalanceValues(faint, real);
  assert.ok(Math.abs(values[balanceSeries.chromaRatio]! - 0.25) < 1e-12);
  // Means (3, 4) and (0, 20): half of the distance between them; the real ones lie 50 off.
  assert.ok(Math.abs(values[balanceSeries.spreadRatio]! - Math.hypot(3, 16) / 100) < 1e-12);
  assert.deepEqual(
    ["near_grey", "near_grey/real", "brown", "brown/real"].map((name) => values[`unseen/color/${name}`]),
    [0.5, 0, 0, 0],
  );
});

test("to grey real images nothing is in proportion: not a number, never a large one", () => {
  const colored = tallyOf([[50, 30, 40]], [[50, -30, -40]]);
  const { chromaRatio, spreadRatio } = balanceSeries;
  for (const real of [
    tallyOf([[50, 0, 0]], [[80, 0, 0]]),
    tallyOf([[50, 0.004, -0.01]], [[80, 0.006, -0.012]]), // 8-bit grey in Lab
    tallyOf([[50, 0.5, 0.5]], [[80, -0.5, 0.5]]),
  ]) {
    const values = colorBalanceValues(colored, real);
    assert.deepEqual([values[chromaRatio], values[spreadRatio]], [Number.NaN, Number.NaN]);
  }
  const alike = colorBalanceValues(colored, tallyOf([[50, 30, 40]], [[20, 30, 40]]));
  assert.ok(Math.abs(alike[chromaRatio]! - 1) < 1e-12);
  assert.equal(alike[spreadRatio], Number.NaN);
});
