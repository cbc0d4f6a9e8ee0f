import assert from "node:assert/strict";
import { test } from "node:test";
import { assertNear, fromBase64, golden, shown } from "./colors.ts";
import { iccp, patches, pngOf, tiffOf } from "./files.ts";

test("the same colors at 8 and 16 bits, as PNG and TIFF, become LittleCMS's sRGB", async () => {
  for (const { name, icc, colors, expected } of golden.profiles) {
    const profile = fromBase64(icc);
    for (const [index, color] of colors.entries()) {
      const files = {
        "8-bit PNG": pngOf(patches([color], 8), { iCCP: iccp(profile) }),
        "16-bit PNG": pngOf(patches([color], 16), { iCCP: iccp(profile) }),
        "8-bit TIFF": tiffOf(patches([color], 8), { icc: profile }),
        "16-bit TIFF": tiffOf(patches([color], 16), { icc: profile }),
      };
      for (const [form, bytes] of Object.entries(files)) {
        const { rgb, profile: said } = await shown(bytes);
        assertNear(rgb, expected[index]!, 1, `${name}, ${form}, ${color}`);
        assert.equal(said, name === "sRGB" ? null : name);
      }
    }
  }
});

test("16 bits are used: a dark ramp in linear light is not cut into steps", async () => {
  const { icc } = golden.profiles.find(({ name }) => name === "Linear sRGB")!;
  const levels = [40, 80, 120, 200, 300];
  const byStandard = levels.map((level) => {
    const light = level / 65535;
    return Math.round(255 * (light <= 0.0031308 ? 12.92 * light : 1.055 * light ** (1 / 2.4) - 0.055));
  });
  for (const [index, level] of levels.entries()) {
    const grid = { width: 8, height: 8, bits: 16, bands: 3, values: new Array(192).fill(level) } as const;
    assertNear(
      (await shown(pngOf(grid, { iCCP: iccp(fromBase64(icc)) }))).rgb,
      new Array(3).fill(byStandard[index]!),
      1,
      `${level}`,
    );
  }
});

test("without a profile 8 and 16 bits give the same bytes, resized, turned and with alpha", async () => {
  const colors = [
    [64, 153, 76, 255],
    [204, 107, 51, 90],
    [64, 76, 178, 0],
    [250, 250, 250, 200],
  ];
  const opaque = colors.map((color) => color.slice(0, 3));
  const grey = colors.map(([, level, , alpha]) => [level!, alpha!]);
  for (const [what, each] of Object.entries({
    rgba: colors,
    rgb: opaque,
    greyAlpha: grey,
    grey: grey.map(([level]) => [level!]),
  })) {
    const [flat, deep] = [await shown(pngOf(patches(each, 8)), 5), await shown(pngOf(patches(each, 16)), 5)];
    assert.deepEqual(deep.pixels, flat.pixels, what);
    assert.deepEqual([flat.asNumbers, deep.asNumbers], [false, true]);
  }
  for (const orientation of [1, 3, 6, 8]) {
    const tags = { 274: [orientation] };
    const [flat, deep] = [
      await shown(tiffOf(patches(opaque, 8), { tags })),
      await shown(tiffOf(patches(opaque, 16), { tags })),
    ];
    assert.deepEqual(deep.pixels, flat.pixels, `orientation ${orientation}`);
  }
});

test("transparency goes through a conversion of 16 bits as of 8", async () => {
  const { icc } = golden.profiles[0]!;
  for (const alpha of [0, 60, 128, 255]) {
    const color = [[64, 153, 76, alpha]];
    const chunks = { iCCP: iccp(fromBase64(icc)) };
    const flat = await shown(pngOf(patches(color, 8), chunks));
    const deep = await shown(pngOf(patches(color, 16), chunks));
    assertNear(deep.rgb, flat.rgb, 1, `alpha ${alpha}`);
  }
});

test("grey of 8 and 16 bits goes by its profile", async () => {
  const { icc, levels, expected } = golden.grey;
  const profile = fromBase64(icc);
  for (const [index, level] of levels.entries()) {
    for (const bits of [8, 16] as const) {
      for (const color of [[level], [level, 255]]) {
        const { rgb } = await shown(pngOf(patches([color], bits), { iCCP: iccp(profile) }));
        assertNear(rgb, new Array(3).fill(expected[index]!), 1, `${bits} bits, ${color}`);
      }
    }
  }
});

test("AVIF of 8, 10 and 12 bits, with and without a profile", async () => {
  for (const { name, file, expected } of golden.avif) {
    const { rgb } = await shown(fromBase64(file));
    // The encoder itself rounds 8-bit YCbCr.
    assertNear(rgb, expected, name.startsWith("8 bits") ? 2 : 1, name);
  }
  assert.equal(golden.avif.length, 9);
});

test("a profile that is broken or of another kind is named, not used", async () => {
  const [adobe] = golden.profiles;
  const icc = fromBase64(adobe!.icc);
  const cases: Record<string, Buffer> = {
    half: icc.subarray(0, icc.length / 2),
    grey: fromBase64(golden.grey.icc),
    random: Buffer.from(Array.from({ length: 400 }, (_, at) => (at * 97) & 255)),
    link: Buffer.from(icc.toString("latin1").replace("mntrRGB ", "mntrCMYK"), "latin1"),
  };
  for (const [name, profile] of Object.entries(cases)) {
    for (const bits of [8, 16] as const) {
      const color = [64, 153, 76];
      const files = {
        png: pngOf(patches([color], bits), { iCCP: iccp(profile) }),
        tiff: tiffOf(patches([color], bits), { icc: profile }),
      };
      for (const [form, bytes] of Object.entries(files)) {
        const { rgb, profile: said, untold } = await shown(bytes);
        assert.deepEqual(
          [rgb, said, untold],
          [color, null, "a profile that cannot be used"],
          `${name}, ${bits}, ${form}`,
        );
      }
    }
  }
});
