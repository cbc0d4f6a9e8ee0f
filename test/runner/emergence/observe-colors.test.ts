// Images of known colors, real and as a network would give them.

import assert from "node:assert/strict";
import { test } from "node:test";
import { displayed } from "../../../src/color/displayed.ts";
import { type HueFamily, hueFamilies } from "../../../src/color/hue-families.ts";
import { labToLumaChroma, rgbToLab } from "../../../src/color/lab.ts";
import { createColorObservers, mostImages } from "../../../src/runner/emergence/observe-colors.ts";
import { emergenceSeries, ofReal } from "../../../src/store/read-emergence.ts";

type Rgb = readonly [number, number, number];
const red: Rgb = [230, 20, 30];
const green: Rgb = [40, 180, 50];
const blue: Rgb = [40, 80, 220];
const grey: Rgb = [120, 120, 120];

const image = (...pixels: readonly Rgb[]) => Uint8Array.from(pixels.flat());
const chromaOf = (rgb: Uint8Array) => labToLumaChroma(rgbToLab(rgb)).chroma;
const share = (values: Readonly<Record<string, number>>, family: HueFamily) => [
  values[emergenceSeries.share(family)]!,
  values[ofReal(emergenceSeries.share(family))]!,
];

test("a network that gives the real colors has the real shares, in chroma and in RGB", () => {
  const images = [image(red, red, green, grey), image(blue, grey, grey, grey)];
  const chroma = createColorObservers("chroma")();
  const rgb = createColorObservers("rgb")();
  images.forEach((pixels, place) => {
    chroma.visit({ rgb: pixels, prediction: chromaOf(pixels) }, place);
    rgb.visit({ rgb: pixels, prediction: Float32Array.from(pixels, (value) => value / 255) }, place);
  });
  for (const values of [chroma.values(), rgb.values()]) {
    assert.equal(values[emergenceSeries.images], 2);
    assert.deepEqual(share(values, "red"), [0.25, 0.25]);
    assert.deepEqual(share(values, "green"), [0.125, 0.125]);
    assert.deepEqual(share(values, "blue"), [0.125, 0.125]);
    for (const family of hueFamilies.filter((name) => !["red", "green", "blue"].includes(name)))
      assert.deepEqual(share(values, family), [0, 0]);
    assert.equal(values[emergenceSeries.paletteUsed], 1);
    assert.ok(values[emergenceSeries.hueDistance]! < 1e-12);
    assert.ok(Math.abs(values[emergenceSeries.hueEntropy]! - 1.5) < 1e-12);
    assert.ok(Math.abs(values["unseen/color/chroma_ratio"]! - 1) < 1e-3);
    assert.ok(Math.abs(values["unseen/color/spread_ratio"]! - 1) < 1e-3);
  }
});

test("a network that gives grey has no color, one that gives brown only that", () => {
  const real = image(red, green, blue, grey);
  const nothing = createColorObservers("chroma")();
  nothing.visit({ rgb: real, prediction: new Float32Array(8) }, 0);
  const values = nothing.values();
  for (const family of hueFamilies) assert.equal(share(values, family)[0], 0);
  assert.deepEqual(
    [emergenceSeries.paletteUsed, emergenceSeries.hueEntropy, emergenceSeries.hueDistance].map(
      (name) => values[name],
    ),
    [0, 0, 1],
  );
  assert.deepEqual(
    ["near_grey", "near_grey/real", "brown"].map((name) => values[`unseen/color/${name}`]),
    [1, 0.25, 0],
  );

  const brown = createColorObservers("chroma")();
  brown.visit(
    { rgb: real, prediction: Float32Array.from({ length: 8 }, (_, i) => (i % 2 === 0 ? 0.1 : 0.12)) },
    0,
  );
  assert.deepEqual(share(brown.values(), "skin_brown"), [1, 0]);
  assert.equal(brown.values()["unseen/color/brown"], 1);
});

test("chroma that no screen shows counts as what is shown: black stays black", () => {
  const measure = createColorObservers("chroma")();
  const prediction = Float32Array.from([0.5, 0.5, 0.5, 0.5]);
  measure.visit({ rgb: image([0, 0, 0], [128, 128, 128]), prediction }, 0);
  assert.equal(measure.values()["unseen/color/near_grey"], 0.5);
});

test("chroma and RGB are measured on the same 8-bit pictures, which are those of the store", () => {
  // A ramp of faint greens about the border of what counts as colored.
  const real = image(...Array.from({ length: 64 }, (_, i): Rgb => [100 + i, 120, 100 + ((7 * i) % 23)]));
  const prediction = Float32Array.from(
    { length: 128 },
    (_, i) => (i % 2 === 0 ? -0.055 : 0.045) + (i % 7) * 0.004,
  );
  const { luma } = labToLumaChroma(rgbToLab(real));
  const shown = displayed(luma, prediction).rgb;
  const observers = createColorObservers("chroma");
  const [chroma, rgb, own] = [observers(), createColorObservers("rgb")(), createColorObservers("rgb")()];
  chroma.visit({ rgb: real, prediction }, 0);
  rgb.visit({ rgb: real, prediction: Float32Array.from(shown, (value) => value / 255) }, 0);
  assert.deepEqual(chroma.values(), rgb.values());
  const again = observers();
  again.visit({ rgb: real, prediction }, 0);
  assert.deepEqual(again.values(), chroma.values(), "the real ones are counted once");
  own.visit({ rgb: real, prediction: Float32Array.from(real, (value) => value / 255) }, 0);
  assert.deepEqual(share(own.values(), "green")[0], share(own.values(), "green")[1]);
});

test("only the first images are looked at, and without any there are no values", () => {
  const measure = createColorObservers("chroma")();
  assert.deepEqual(measure.values(), {});
  for (let place = 0; place < mostImages + 5; place++)
    measure.visit({ rgb: image(place < mostImages ? grey : red), prediction: new Float32Array(2) }, place);
  assert.equal(measure.values()[emergenceSeries.images], mostImages);
  assert.deepEqual(share(measure.values(), "red"), [0, 0]);
});
