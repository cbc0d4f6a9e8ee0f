import assert from "node:assert/strict";
import { test } from "node:test";
import { familyOf, hueFamilies, hueOf } from "../../src/color/hue-families.ts";
import { rgbToLab } from "../../src/color/lab.ts";

function familyOfRgb(...rgb: readonly [number, number, number]): string {
  const [l, a, b] = rgbToLab(Uint8Array.from(rgb)) as unknown as [number, number, number];
  return hueFamilies[familyOf(l, Math.hypot(a, b), hueOf(a, b))] ?? "none";
}

/** Colors whose names nobody disputes: CSS, and patches of the ColorChecker (sRGB of BabelColor). */
const known: Readonly<Record<string, readonly (readonly [string, number, number, number])[]>> = {
  skin_brown: [
    ["dark skin", 115, 82, 68],
    ["light skin", 194, 150, 130],
    ["saddlebrown", 139, 69, 19],
    ["sienna", 160, 82, 45],
    ["tan", 210, 180, 140],
    ["burlywood", 222, 184, 135],
    ["rosy skin", 222, 172, 150],
  ],
  red: [
    ["red", 255, 0, 0],
    ["firebrick", 178, 34, 34],
    ["crimson", 220, 20, 60],
    ["pink", 255, 192, 203],
    ["ColorChecker red", 175, 54, 60],
    ["maroon", 128, 0, 0],
  ],
  orange: [
    ["orange", 255, 165, 0],
    ["darkorange", 255, 140, 0],
    ["ColorChecker orange", 214, 126, 44],
  ],
  yellow: [
    ["yellow", 255, 255, 0],
    ["gold", 255, 215, 0],
    ["khaki", 240, 230, 140],
    ["ColorChecker yellow", 231, 199, 31],
  ],
  green: [
    ["lime", 0, 255, 0],
    ["green", 0, 128, 0],
    ["olivedrab", 107, 142, 35],
    ["foliage", 87, 108, 67],
    ["seagreen", 46, 139, 87],
  ],
  cyan: [
    ["aqua", 0, 255, 255],
    ["teal", 0, 128, 128],
    ["turquoise", 64, 224, 208],
    ["bluish green", 103, 189, 170],
  ],
  blue: [
    ["blue", 0, 0, 255],
    ["skyblue", 135, 206, 235],
    ["steelblue", 70, 130, 180],
    ["navy", 0, 0, 128],
    ["ColorChecker blue sky", 98, 122, 157],
  ],
  purple: [
    ["purple", 128, 0, 128],
    ["magenta", 255, 0, 255],
    ["violet", 238, 130, 238],
    ["ColorChecker purple", 94, 60, 108],
  ],
  none: [
    ["grey", 128, 128, 128],
    ["white", 255, 255, 255],
    ["black", 0, 0, 0],
    ["a warm grey", 134, 128, 124],
  ],
};

for (const [family, colors] of Object.entries(known)) {
  test(`${family}: ${colors.map(([name]) => name).join(", ")}`, () => {
    for (const [name, ...rgb] of colors) assert.equal(familyOfRgb(...rgb), family, name);
  });
}

test("borders belong to the family that begins there", () => {
  const at = (hue: number, chroma: number, l = 60) => hueFamilies[familyOf(l, chroma, hue)] ?? "none";
  const vivid = (hue: number) => at(hue, 60);
  assert.deepEqual([0, 44.9, 45, 79.9, 80].map(vivid), ["red", "red", "orange", "orange", "yellow"]);
  assert.deepEqual([110, 170, 220, 310, 345].map(vivid), ["green", "cyan", "blue", "purple", "red"]);
  assert.deepEqual(
    [7.99, 8].map((chroma) => at(200, chroma)),
    ["none", "cyan"],
  );
  assert.deepEqual(
    [29.9, 30, 89.9, 90].map((hue) => at(hue, 20)),
    ["red", "skin_brown", "skin_brown", "yellow"],
  );
  assert.deepEqual(
    [34.9, 35].map((chroma) => at(60, chroma)),
    ["skin_brown", "orange"],
  );
  assert.deepEqual(
    [49.9, 50].map((l) => at(60, 50, l)),
    ["skin_brown", "orange"],
  );
  assert.equal(at(44.9, 50, 30), "red", "a dark red is no brown");
  assert.equal(familyOf(50, Number.NaN, 0), -1);
});

test("hues are degrees in [0, 360)", () => {
  const hues = [
    [1, 0],
    [0, 1],
    [-1, 0],
    [0, -1],
    [1, -1e-20],
  ].map(([a, b]) => hueOf(a!, b!));
  assert.deepEqual(hues, [0, 90, 180, 270, 0]);
});
