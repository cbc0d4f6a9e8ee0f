// Lightness of what files hold, against LittleCMS's sRGB of the same colors (test/golden/colors.json).

import assert from "node:assert/strict";
import { test } from "node:test";
import { rgbToLab } from "../../src/color/lab.ts";
import { decodePhotograph } from "../../src/colorize/decode-photograph.ts";
import { lightnessOfRow } from "../../src/colorize/look.ts";
import { Refusal } from "../../src/datasets/formats/open-picture.ts";
import { fromBase64, golden } from "../datasets/formats/colors.ts";
import { iccp, patches, pngOf, tiffOf } from "../datasets/formats/files.ts";

async function lightnessOf(bytes: Buffer): Promise<{ l: number; isDeep: boolean }> {
  const photograph = await decodePhotograph(bytes);
  const row = new Float32Array(photograph.width);
  lightnessOfRow(photograph, 0, row);
  return { l: row[0]!, isDeep: photograph.numbers instanceof Uint16Array };
}

test("profiles of RGB, at 8 and 16 bits", async () => {
  for (const { name, icc, colors, expected } of golden.profiles) {
    const profile = fromBase64(icc);
    for (const [index, color] of colors.entries()) {
      const rgb = expected[index]!;
      // Beyond sRGB the sRGB of 8 bits is another color.
      if (rgb.some((value) => value === 0 || value === 255)) continue;
      const wanted = rgbToLab(Uint8Array.from(rgb))[0]!;
      for (const bits of [8, 16] as const)
        for (const bytes of [
          pngOf(patches([color], bits), { iCCP: iccp(profile) }),
          tiffOf(patches([color], bits), { icc: profile }),
        ]) {
          const { l, isDeep } = await lightnessOf(bytes);
          assert.ok(Math.abs(l - wanted) < 0.8, `${name}, ${bits} bits, ${color}: ${l} for ${wanted}`);
          assert.equal(isDeep, bits === 16);
        }
    }
  }
});

test("a grey profile, at 8 and 16 bits", async () => {
  const { icc, levels, expected } = golden.grey;
  for (const [index, level] of levels.entries()) {
    const byte = expected[index]!;
    const wanted = rgbToLab(Uint8Array.of(byte, byte, byte))[0]!;
    for (const bits of [8, 16] as const) {
      const { l, isDeep } = await lightnessOf(
        pngOf(patches([[level]], bits), { iCCP: iccp(fromBase64(icc)) }),
      );
      assert.ok(Math.abs(l - wanted) < 0.8, `${bits} bits, ${level}: ${l} for ${wanted}`);
      assert.equal(isDeep, bits === 16);
    }
  }
});

test("transparency stays beside the colors; what is no picture is refused", async () => {
  for (const bits of [8, 16] as const) {
    const { channels, hasAlpha, numbers, most } = await decodePhotograph(pngOf(patches([[90, 40]], bits)));
    assert.deepEqual(
      [hasAlpha, numbers[0]! / most, numbers[channels - 1]! / most],
      [true, 90 / 255, 40 / 255],
    );
  }
  await assert.rejects(decodePhotograph(Buffer.from("GIF89a and nothing")), Refusal);
  await assert.rejects(decodePhotograph(Buffer.from("no picture")), Refusal);
});
