// TIFFs whose samples are not simply red, green and blue: shown as they are meant, or left out with the reason.

import assert from "node:assert/strict";
import { test } from "node:test";
import sharp from "sharp";
import { openPicture } from "../../../src/datasets/formats/open-picture.ts";
import { assertNear, fromBase64, golden, shown } from "./colors.ts";
import { patches, type TiffOptions, tiffOf } from "./files.ts";

const green = [64, 153, 76];
const grid = (...numbers: number[]) => patches([numbers], 8);
const deep = (...numbers: number[]) => patches([numbers], 16);
const floats = (scale: (value: number) => number) =>
  Buffer.from(Float32Array.from({ length: 192 }, (_, at) => scale(green[at % 3]! / 255)).buffer);

test("samples beyond the colors are transparency where the file says so, and otherwise none", async () => {
  const half = [160, 204, 166]; // on white
  const cases: [string, Buffer, readonly number[]][] = [
    ["alpha", tiffOf(grid(...green, 128), { tags: { 338: [2] } }), half],
    ["no word", tiffOf(grid(...green, 128)), half],
    ["something else", tiffOf(grid(...green, 128), { tags: { 338: [0] } }), green],
    ["something else, 16 bits", tiffOf(deep(...green, 128), { tags: { 338: [0] } }), green],
    ["five bands", tiffOf(grid(...green, 255, 9), { tags: { 338: [2, 0] } }), green],
    ["five bands, alpha last", tiffOf(grid(...green, 9, 128), { tags: { 338: [0, 2] } }), half],
    ["five bands of 16 bits", tiffOf(deep(...green, 128, 9), { tags: { 338: [2, 0] } }), half],
    ["seven bands", tiffOf(grid(...green, 1, 2, 3, 4), { tags: { 338: [0, 0, 0, 0] } }), green],
    ["grey and something else", tiffOf(grid(90, 7), { tags: { 338: [0] } }), [90, 90, 90]],
    ["white is zero", tiffOf(deep(55), { tags: { 262: [0] } }), [200, 200, 200]],
  ];
  for (const [name, bytes, expected] of cases) assertNear((await shown(bytes)).rgb, expected, 1, name);
});

test("YCbCr without JPEG is converted, by the coefficients that the file gives", async () => {
  const [r, g, b] = green as [number, number, number];
  const luma = 0.299 * r + 0.587 * g + 0.114 * b;
  const full = [luma, 128 + (b - luma) / 1.772, 128 + (r - luma) / 1.402].map(Math.round);
  const ycc = { 262: [6], 530: [1, 1] };
  assertNear((await shown(tiffOf(grid(...full), { tags: ycc }))).rgb, green, 2, "full range");
  await assert.rejects(openPicture(tiffOf(grid(...full), { tags: { 262: [6] } })), /fewer color samples/);
});

test("CMYK: by its profile, or by a general one and said so", async () => {
  const ink = sharp({ create: { width: 8, height: 8, channels: 3, background: "orange" } });
  const inked = await ink.toColourspace("cmyk").withIccProfile("cmyk").jpeg().toBuffer();
  const { icc } = await sharp(inked).metadata();
  const cmyk = [200, 40, 180, 20];
  const expected = (await shown(tiffOf(grid(...cmyk), { tags: { 262: [5] }, icc: icc! }))).rgb;
  const [r, g, b] = expected as [number, number, number];
  assert.ok(g > 100 && g > r + 50 && g > b + 10, `a green: ${expected}`);
  const forms: [string, ReturnType<typeof grid>, TiffOptions["tags"]][] = [
    ["8 bits", grid(...cmyk), { 262: [5] }],
    ["16 bits", deep(...cmyk), { 262: [5] }],
    ["and a spot color", grid(...cmyk, 77), { 262: [5], 338: [0] }],
    ["16 bits and a spot color", deep(...cmyk, 77), { 262: [5], 338: [0] }],
  ];
  for (const [name, pixels, tags] of forms) {
    for (const profile of [icc!, undefined]) {
      const {
        rgb,
        profile: said,
        untold,
      } = await shown(tiffOf(pixels, { tags: tags!, ...(profile === undefined ? {} : { icc: profile }) }));
      assertNear(rgb, expected, 1, name);
      assert.deepEqual(
        [said, untold],
        ["CMYK", profile === undefined ? "CMYK without a profile" : null],
        name,
      );
    }
  }
  const others = tiffOf(grid(...cmyk), { tags: { 262: [5], 332: [2] } });
  await assert.rejects(openPicture(others), /inks other than CMYK/);
});

test("floating-point samples go by their profile, and without one are left out", async () => {
  const float = (numbers: Buffer, icc?: Buffer): Buffer => {
    const tags = { 258: [32, 32, 32], 339: [3, 3, 3] };
    return tiffOf(grid(...green), {
      numbers,
      tags,
      ...(icc === undefined ? {} : { icc }),
    } satisfies TiffOptions);
  };
  const linear = fromBase64(golden.profiles.find(({ name }) => name === "Linear sRGB")!.icc);
  const light = (value: number) => (value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4);
  assertNear((await shown(float(floats(light), linear))).rgb, green, 1, "linear");
  const bright = await shown(
    float(
      floats((value) => 1.5 * value + 0.6),
      linear,
    ),
  );
  assert.equal(bright.rgb[1], 255, "above white");
  await assert.rejects(openPicture(float(floats(light))), /floating-point samples and no profile/);
});

test("what nobody can tell is refused by name", async () => {
  const refused: [Buffer, RegExp][] = [
    [
      tiffOf(grid(1, 2, 3, 4, 5), { tags: { 262: [1], 338: [0, 0, 0, 0] } }),
      /^TIFF with 5 bands and no word/,
    ],
    [tiffOf(grid(...green), { tags: { 262: [1] } }), /^TIFF with 3 bands and no word/],
    [tiffOf(grid(...green), { tags: { 339: [2, 2, 2] } }), /^TIFF with signed samples/],
    [tiffOf(grid(...green), { tags: { 262: [9] } }), /^TIFF in ICCLAB/],
    [tiffOf(grid(...green), { tags: { 262: [8] } }), /^TIFF in CIELAB of 8 bits/],
    [tiffOf(deep(...green), { tags: { 262: [32803] } }), /^TIFF in a sensor's raw numbers/],
    [tiffOf(grid(...green), { tags: { 258: [5, 6, 5] } }), /^TIFF with samples of 5, 6, 5 bits/],
  ];
  for (const [bytes, reason] of refused) await assert.rejects(openPicture(bytes), { message: reason });
});
