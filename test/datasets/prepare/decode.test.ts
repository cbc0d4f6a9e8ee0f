import assert from "node:assert/strict";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import sharp from "sharp";
import { decodeFile } from "../../../src/datasets/prepare/decode.ts";
import { type Color, plain, temporaryFolder, write } from "../pictures.ts";

const orange: Color = { r: 230, g: 120, b: 40 };

async function pixelsOf(path: string, size = 8): Promise<Uint8Array> {
  const decoded = await decodeFile(path, size);
  assert.ok("pixels" in decoded, `${path}: ${"reason" in decoded ? decoded.reason : ""}`);
  assert.equal(decoded.pixels.length, size * size * 3);
  return decoded.pixels;
}

function assertColor(
  pixels: Uint8Array,
  at: number,
  { r, g, b }: Color,
  tolerance: number,
  what: string,
): void {
  const got = [...pixels.subarray(at * 3, at * 3 + 3)];
  const near = [r, g, b].every((value, c) => Math.abs(value - got[c]!) <= tolerance);
  assert.ok(near, `${what}: expected ${r}, ${g}, ${b}, got ${got}`);
}

test("every common form of a picture becomes the same 8-bit RGB", async (t) => {
  const folder = temporaryFolder(t);
  const files: Record<string, Promise<Buffer>> = {
    "a.jpg": plain(orange).jpeg({ quality: 100 }).toBuffer(),
    "progressive.jpg": plain(orange).jpeg({ quality: 100, progressive: true }).toBuffer(),
    "cmyk.jpg": plain(orange).toColorspace("cmyk").jpeg({ quality: 100 }).toBuffer(),
    "a.png": plain(orange).png().toBuffer(),
    "palette.png": plain(orange).png({ palette: true }).toBuffer(),
    "deep.png": plain(orange).toColorspace("rgb16").png().toBuffer(),
    "p3.png": plain(orange).withIccProfile("p3").png().toBuffer(),
    "a.webp": plain(orange).webp({ lossless: true }).toBuffer(),
    "a.gif": plain(orange).gif().toBuffer(),
    "a.tiff": plain(orange).tiff({ compression: "lzw" }).toBuffer(),
    "a.avif": plain(orange, 64, 64).avif({ quality: 100 }).toBuffer(),
    "dot.png": plain(orange, 1, 1).png().toBuffer(),
  };
  for (const [name, bytes] of Object.entries(files)) {
    const path = join(folder, name);
    write(path, await bytes);
    const pixels = await pixelsOf(path);
    for (const at of [0, 7, 36, 63]) assertColor(pixels, at, orange, name === "cmyk.jpg" ? 40 : 6, name);
  }
});

test("grey is expanded, 8 and 16 bits deep, with and without alpha", async (t) => {
  const folder = temporaryFolder(t);
  const grey = { r: 90, g: 90, b: 90 };
  const files: Record<string, Promise<Buffer>> = {
    "a.png": plain(grey).toColorspace("b-w").png().toBuffer(),
    "a.jpg": plain(grey).toColorspace("b-w").jpeg().toBuffer(),
    "deep.png": plain(grey).toColorspace("grey16").png().toBuffer(),
    "alpha.png": plain(grey).toColorspace("b-w").ensureAlpha(1).png().toBuffer(),
  };
  for (const [name, bytes] of Object.entries(files)) {
    write(join(folder, name), await bytes);
    assertColor(await pixelsOf(join(folder, name)), 20, grey, 2, name);
  }
});

test("what is transparent lies on white", async (t) => {
  const path = join(temporaryFolder(t), "a.png");
  const background = { ...orange, alpha: 0 };
  write(
    path,
    await sharp({ create: { width: 9, height: 9, channels: 4, background } })
      .png()
      .toBuffer(),
  );
  assertColor(await pixelsOf(path), 30, { r: 255, g: 255, b: 255 }, 0, "alpha");
});

test("all eight EXIF orientations are applied", async (t) => {
  const folder = temporaryFolder(t);
  const [width, height] = [32, 32];
  const colors: Color[] = [
    { r: 200, g: 40, b: 40 },
    { r: 40, g: 200, b: 40 },
    { r: 40, g: 40, b: 200 },
    { r: 220, g: 220, b: 60 },
  ];
  const quarter = (x: number, y: number) => colors[(x < 16 ? 0 : 1) + (y < 16 ? 0 : 2)]!;
  const raw = Buffer.alloc(width * height * 3);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const { r, g, b } = quarter(x, y);
      raw.set([r, g, b], (y * width + x) * 3);
    }
  }
  // Where the pixel shown at (x, y) is stored (EXIF 2.3, tag 274).
  const stored: ((x: number, y: number) => [number, number])[] = [
    (x, y) => [x, y],
    (x, y) => [31 - x, y],
    (x, y) => [31 - x, 31 - y],
    (x, y) => [x, 31 - y],
    (x, y) => [y, x],
    (x, y) => [y, 31 - x],
    (x, y) => [31 - y, 31 - x],
    (x, y) => [31 - y, x],
  ];
  for (const [index, from] of stored.entries()) {
    const path = join(folder, `${index + 1}.jpg`);
    const image = sharp(raw, { raw: { width, height, channels: 3 } });
    write(
      path,
      await image
        .jpeg({ quality: 100, chromaSubsampling: "4:4:4" })
        .withMetadata({ orientation: index + 1 })
        .toBuffer(),
    );
    const pixels = await pixelsOf(path, 32);
    for (const [x, y] of [
      [8, 8],
      [24, 8],
      [8, 24],
      [24, 24],
    ] as const) {
      assertColor(pixels, y * 32 + x, quarter(...from(x, y)), 6, `orientation ${index + 1} at ${x}, ${y}`);
    }
  }
});

test("the centre is cropped, wide or tall", async (t) => {
  const folder = temporaryFolder(t);
  const blue = { r: 20, g: 40, b: 220 };
  const middle = await plain(orange, 40, 40).png().toBuffer();
  for (const [width, height] of [
    [120, 40],
    [40, 120],
  ] as const) {
    const path = join(folder, `${width}.png`);
    write(
      path,
      await plain(blue, width, height)
        .composite([{ input: middle, gravity: "centre" }])
        .png()
        .toBuffer(),
    );
    const pixels = await pixelsOf(path, 20);
    for (const at of [42, 57, 210, 342, 357]) assertColor(pixels, at, orange, 3, `${width}x${height}`);
  }
});

test("what cannot be used comes back with a reason, at any size and shape", async (t) => {
  const folder = temporaryFolder(t);
  const noisy = sharp({
    create: {
      width: 60,
      height: 400,
      channels: 3,
      background: "white",
      noise: { type: "gaussian", mean: 128, sigma: 40 },
    },
  });
  const jpeg = await noisy.jpeg().toBuffer();
  const png = await noisy.png().toBuffer();
  const cases: Record<string, readonly [Uint8Array | string, RegExp]> = {
    "empty.jpg": ["", /^empty file$/],
    "text.jpg": ["<html>Quota exceeded</html>", /^not an image that can be read$/],
    "half.jpg": [jpeg.subarray(0, jpeg.length / 2), /^truncated JPEG$/],
    "last-bytes.jpg": [jpeg.subarray(0, jpeg.length - 3), /^truncated JPEG$/],
    "nearly.png": [png.subarray(0, png.length * 0.9), /read error|Read/i],
    "narrow.png": [await plain(orange, 1000, 4).png().toBuffer(), /^1000x4 is too narrow for a square$/],
  };
  for (const [name, [content, reason]] of Object.entries(cases)) {
    const path = join(folder, name);
    write(path, content);
    for (const size of [8, 64, 200]) {
      const decoded = await decodeFile(path, size);
      assert.ok("reason" in decoded, `${name} at ${size} was read`);
      assert.match(decoded.reason, reason, name);
    }
  }
  assert.deepEqual(await decodeFile(join(folder, "absent.jpg"), 8), { reason: "cannot be opened: ENOENT" });
  mkdirSync(join(folder, "folder.jpg"));
  assert.deepEqual(await decodeFile(join(folder, "folder.jpg"), 8), { reason: "not a regular file" });
});

test("bytes after a JPEG's end do no harm", async (t) => {
  const path = join(temporaryFolder(t), "motion.jpg");
  write(path, Buffer.concat([await plain(orange).jpeg().toBuffer(), Buffer.of(0xff, 0xda, 1, 2, 3)]));
  await pixelsOf(path);
});
