import assert from "node:assert/strict";
import { join } from "node:path";
import { test } from "node:test";
import sharp from "sharp";
import { profileName } from "../../../src/datasets/formats/icc-profile.ts";
import { decodeFile } from "../../../src/datasets/prepare/decode.ts";
import { adobeProfile, tagged } from "../icc.ts";
import { type Color, plain, temporaryFolder, write } from "../pictures.ts";

const colors: Color[] = [
  { r: 200, g: 100, b: 50 },
  { r: 60, g: 140, b: 90 },
  { r: 90, g: 80, b: 170 },
];

/** By the matrices and curves of the standards, with NumPy: 8-bit numbers in sRGB for the same light. */
const expected = {
  "Display P3": [
    [215, 93, 31],
    [0, 142, 85],
    [92, 80, 176],
  ],
  "Adobe RGB (1998)": [
    [227, 100, 42],
    [0, 141, 87],
    [93, 79, 174],
  ],
};

async function decoded(path: string) {
  const result = await decodeFile(path, 8);
  assert.ok("pixels" in result, "reason" in result ? result.reason : "");
  return result;
}

test("numbers that mean other colors than sRGB's are converted", async (t) => {
  const folder = temporaryFolder(t);
  const p3 = (await sharp(await plain(colors[0]!).withIccProfile("p3").png().toBuffer()).metadata()).icc!;
  for (const [name, profile] of [
    ["Display P3", p3],
    ["Adobe RGB (1998)", adobeProfile()],
  ] as const) {
    for (const [index, color] of colors.entries()) {
      const path = join(folder, `${name} ${index}.jpg`);
      write(path, await tagged(plain(color, 64, 64), profile));
      const { pixels, look } = await decoded(path);
      const got = [...pixels.subarray(0, 3)];
      const near = got.every((value, channel) => Math.abs(value - expected[name][index]![channel]!) <= 3);
      assert.ok(near, `${name}: expected ${expected[name][index]}, got ${got}`);
      assert.notEqual(look.profile, null);
    }
  }
});

test("a profile that is damaged or for another kind of picture does no harm", async (t) => {
  const folder = temporaryFolder(t);
  const orange = colors[0]!;
  const cmyk = await sharp(
    await plain(orange).toColorspace("cmyk").withIccProfile("cmyk").jpeg().toBuffer(),
  ).metadata();
  const profiles = {
    "cut.jpg": adobeProfile().subarray(0, 150),
    "random.jpg": Buffer.from(Array.from({ length: 400 }, (_, at) => (at * 97) & 255)),
    "cmyk-in-rgb.jpg": cmyk.icc?.subarray(0, 60_000) ?? adobeProfile().subarray(0, 140),
  };
  for (const [name, profile] of Object.entries(profiles)) {
    write(join(folder, name), await tagged(plain(orange, 64, 64), profile));
    const { pixels } = await decoded(join(folder, name));
    const [r, g, b] = pixels;
    assert.ok(
      Math.abs(r! - 200) < 4 && Math.abs(g! - 100) < 4 && Math.abs(b! - 50) < 4,
      `${name}: ${r} ${g} ${b}`,
    );
  }
});

test("profiles are named, sRGB is none to speak of", async (t) => {
  const folder = temporaryFolder(t);
  assert.equal(profileName(adobeProfile()), "Adobe RGB (1998)");
  assert.equal(profileName(adobeProfile("a\u001b[2Jb\n")), "a [2Jb");
  assert.equal(profileName(adobeProfile().subarray(0, 200)), null);
  const files: [string, Buffer, string | null][] = [
    ["adobe.jpg", await tagged(plain(colors[0]!), adobeProfile()), "Adobe RGB (1998)"],
    ["srgb.jpg", await tagged(plain(colors[0]!), adobeProfile("sRGB IEC61966-2.1")), null],
    ["none.jpg", await plain(colors[0]!).jpeg().toBuffer(), null],
    ["cmyk.jpg", await plain(colors[0]!).toColorspace("cmyk").jpeg().toBuffer(), "CMYK"],
  ];
  for (const [name, bytes, profile] of files) {
    write(join(folder, name), bytes);
    assert.equal((await decoded(join(folder, name))).look.profile, profile, name);
  }
});
