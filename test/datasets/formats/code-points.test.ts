// Colors that are told without a profile: expected values by the formulas of the standards, written out here.

import assert from "node:assert/strict";
import { test } from "node:test";
import { openPicture } from "../../../src/datasets/formats/open-picture.ts";
import { assertNear, fromBase64, golden, shown } from "./colors.ts";
import { hundredThousandths, iccp, patches, pngOf } from "./files.ts";

const green = [64, 153, 76];
const srgbChrm = hundredThousandths(0.3127, 0.329, 0.64, 0.33, 0.3, 0.6, 0.15, 0.06);
const p3Chrm = hundredThousandths(0.3127, 0.329, 0.68, 0.32, 0.265, 0.69, 0.15, 0.06);
const gama = (value: number) => hundredThousandths(value);

const linear = (value: number) => (value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4);
const encoded = (light: number) => {
  const held = Math.min(1, Math.max(0, light));
  return Math.round(255 * (held <= 0.0031308 ? 12.92 * held : 1.055 * held ** (1 / 2.4) - 0.055));
};
/** Linear P3 and BT.2020 (both D65) to linear sRGB, as CSS Color 4 gives them. */
const p3ToSrgb = [
  [1.2249401, -0.2249402, 0],
  [-0.0420569, 1.0420571, 0],
  [-0.0196376, -0.0786361, 1.0982735],
];
const bt2020ToSrgb = [
  [1.660491, -0.5876411, -0.0728499],
  [-0.1245505, 1.1328999, -0.0083494],
  [-0.0181508, -0.1005789, 1.1187297],
];
const through = (matrix: readonly (readonly number[])[], light: readonly number[]) =>
  matrix.map((row) => encoded(row.reduce((sum, each, column) => sum + each * light[column]!, 0)));
const unit = green.map((value) => value / 255);
const p3 = through(p3ToSrgb, unit.map(linear));
const bt2020 = through(bt2020ToSrgb, unit.map(linear));

test("PNG's gAMA, cHRM and cICP, in the standard's order", async () => {
  const adobe = golden.profiles[0]!;
  const icc = iccp(fromBase64(adobe.icc));
  const gamma18 = unit.map((value) => encoded(value ** 1.8));
  const cases: [string, Record<string, Buffer>, readonly number[], string | null][] = [
    ["gAMA of sRGB", { gAMA: gama(0.45455) }, green, null],
    ["gAMA and cHRM of sRGB", { gAMA: gama(0.45455), cHRM: srgbChrm }, green, null],
    ["gAMA of old Macs", { gAMA: gama(0.55556) }, gamma18, "gAMA 0.55556"],
    ["linear", { gAMA: gama(1), cHRM: srgbChrm }, unit.map(encoded), "gAMA 1"],
    [
      "P3's cHRM",
      { gAMA: gama(0.45455), cHRM: p3Chrm },
      through(
        p3ToSrgb,
        unit.map((value) => value ** 2.2),
      ),
      "gAMA 0.45455 with cHRM",
    ],
    ["sRGB before gAMA", { sRGB: Buffer.of(0), gAMA: gama(1) }, green, null],
    ["a profile before gAMA", { iCCP: icc, gAMA: gama(1) }, adobe.expected[0]!, adobe.name],
    [
      "gAMA beside a broken profile",
      { iCCP: iccp(Buffer.alloc(60)), gAMA: gama(1) },
      unit.map(encoded),
      "gAMA 1",
    ],
    ["gAMA of nothing", { gAMA: gama(0) }, green, null],
    ["cHRM alone", { cHRM: p3Chrm }, green, null],
    ["cICP of P3", { cICP: Buffer.of(12, 13, 0, 1) }, p3, "cICP 12/13"],
    ["cICP of BT.2020", { cICP: Buffer.of(9, 1, 0, 1) }, bt2020, "cICP 9/1"],
    ["cICP of sRGB before a profile", { cICP: Buffer.of(1, 13, 0, 1), iCCP: icc }, green, null],
  ];
  for (const [name, chunks, expected, said] of cases) {
    for (const bits of [8, 16] as const) {
      const { rgb, profile, untold } = await shown(pngOf(patches([green], bits), chunks));
      assertNear(rgb, expected, 1, `${name}, ${bits} bits`);
      assert.deepEqual([profile, untold], [said, null], name);
    }
  }
  const grey = await shown(pngOf(patches([[128]], 8), { gAMA: gama(1) }));
  assertNear(grey.rgb, [188, 188, 188], 1, "grey in linear light");
  const half = await shown(pngOf(patches([[128, 128]], 8), { gAMA: gama(1) }));
  assertNear(half.rgb, [221, 221, 221], 1, "the same on white");
});

test("AVIF's code points; what says nothing but sRGB is left alone", async () => {
  const expected: Record<string, readonly number[]> = {
    "1/13": green,
    "12/13": p3,
    "12/13 ": p3,
    "9/1": bt2020,
  };
  for (const [points, color] of Object.entries(expected)) {
    const { rgb, profile } = await shown(fromBase64(golden.nclx[points]!));
    assertNear(rgb, color, 2, points);
    assert.equal(profile, points === "1/13" ? null : `nclx ${points.trim()}`);
  }
});

test("high dynamic range, and code points that nobody knows, are refused by name", async () => {
  const refused: [Buffer, RegExp][] = [
    [pngOf(patches([green], 16), { cICP: Buffer.of(9, 16, 0, 1) }), /^high dynamic range \(PQ\)/],
    [pngOf(patches([green], 16), { cICP: Buffer.of(9, 18, 0, 1) }), /^high dynamic range \(HLG\)/],
    [
      pngOf(patches([green], 8), { cICP: Buffer.of(77, 13, 0, 1) }),
      /unknown code points \(primaries 77, transfer 13\)/,
    ],
    [pngOf(patches([green], 8), { cICP: Buffer.of(1, 13, 6, 1) }), /no RGB of full range/],
    [fromBase64(golden.nclx["9/16"]!), /^high dynamic range \(PQ\)/],
    [fromBase64(golden.nclx["9/18"]!), /^high dynamic range \(HLG\)/],
    [fromBase64(golden.nclx["1/9"]!), /unknown code points \(primaries 1, transfer 9\)/],
  ];
  for (const [bytes, reason] of refused) await assert.rejects(openPicture(bytes), { message: reason });
});
