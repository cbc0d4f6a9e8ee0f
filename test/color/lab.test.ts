import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { labToLumaChroma, labToRgb, lumaChromaToLab, rgbToLab } from "../../src/color/lab.ts";
import { byteOfLinear, decodeSrgb } from "../../src/color/srgb.ts";

type Fixture = {
  readonly rgb: readonly (readonly number[])[];
  readonly lab: readonly (readonly number[])[];
  readonly clipped: readonly { readonly lab: readonly number[]; readonly rgb: readonly number[] }[];
};
const fixture: Fixture = JSON.parse(readFileSync(new URL("../golden/color.json", import.meta.url), "utf8"));

function worst(actual: ArrayLike<number>, expected: ArrayLike<number>): number {
  assert.equal(actual.length, expected.length);
  return Array.from(actual).reduce(
    (most, value, index) => Math.max(most, Math.abs(value - expected[index]!)),
    0,
  );
}

test("1. every byte survives decoding and encoding, and encoding rounds to the nearest", () => {
  for (let byte = 0; byte < 256; byte++) assert.equal(byteOfLinear(decodeSrgb(byte / 255)), byte);
  for (let tenth = 0; tenth < 2550; tenth++) {
    if (tenth % 10 !== 5) assert.equal(byteOfLinear(decodeSrgb(tenth / 2550)), Math.round(tenth / 10));
  }
  assert.deepEqual([-1, 0, 1, 2, Number.NaN].map(byteOfLinear), [0, 0, 255, 255, 0]);
});

test("2. Lab agrees with scikit-image", () => {
  assert.ok(worst(rgbToLab(Uint8Array.from(fixture.rgb.flat())), fixture.lab.flat()) < 1e-5);
});

test("2. the published Lab of red and blue", () => {
  const lab = rgbToLab(Uint8Array.of(255, 0, 0, 0, 0, 255));
  assert.ok(worst(lab, [53.2406, 80.0923, 67.2028, 32.2957, 79.1856, -107.8573]) < 1e-4);
});

test("3. colors that no screen shows clip as in scikit-image", () => {
  const rgb = labToRgb(fixture.clipped.flatMap(({ lab }) => lab));
  const expected = fixture.clipped.flatMap(({ rgb }) => rgb.map((value) => value * 255));
  assert.ok(worst(rgb, expected) <= 0.5 + 1e-4);
});

test("3. sRGB survives the round trip through float32 luma and chroma exactly", () => {
  const levels = Array.from({ length: 52 }, (_, index) => 5 * index);
  const edges = [1, 2, 3, 4, 6, 7, 8, 9, 11, 251, 252, 253, 254];
  const rgb = Uint8Array.from(
    [...levels, ...edges].flatMap((r, _, all) => all.flatMap((g) => all.flatMap((b) => [r, g, b]))),
  );
  const { luma, chroma } = labToLumaChroma(rgbToLab(rgb));
  assert.ok(luma.every((value) => Math.abs(value) <= 1 + 1e-6));
  assert.ok(chroma.every((value) => Math.abs(value) < 1));
  assert.deepEqual(labToRgb(lumaChromaToLab(luma, chroma)), rgb);
});
