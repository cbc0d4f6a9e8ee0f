// Files as people have them on their disks, one row each: taken, or left out with this reason. None may be fatal,
// hang, or cost more memory than a picture of the largest size that is allowed.

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { chmodSync, mkdirSync, rmSync, symlinkSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { crc32, deflateSync } from "node:zlib";
import sharp from "sharp";
import { decodeFile } from "../../../src/datasets/prepare/decode.ts";
import { folderConfig, plain, prepare, temporaryFolder, write, writePictures } from "../pictures.ts";

const orange = { r: 230, g: 120, b: 40 };
const noise = { type: "gaussian", mean: 128, sigma: 40 } as const;
const noisy = (width = 90, height = 70) =>
  sharp({ create: { width, height, channels: 3, background: "white", noise } });

/** A PNG of 8-bit grey whose header says this size; its pixels are as many rows of zeros as are given. */
function hugePng(width: number, height: number, rows: number): Buffer {
  const chunk = (type: string, content: Buffer) => {
    const body = Buffer.concat([Buffer.from(type, "latin1"), content]);
    const frame = Buffer.alloc(8);
    frame.writeUInt32BE(content.length, 0);
    frame.writeUInt32BE(crc32(body), 4);
    return Buffer.concat([frame.subarray(0, 4), body, frame.subarray(4)]);
  };
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header[8] = 8;
  const pixels = deflateSync(Buffer.alloc((width + 1) * rows));
  const start = Buffer.from("89504e470d0a1a0a", "hex");
  return Buffer.concat([start, chunk("IHDR", header), chunk("IDAT", pixels), chunk("IEND", Buffer.alloc(0))]);
}

const cut = (bytes: Buffer, share: number) => bytes.subarray(0, Math.floor(bytes.length * share));
const heic = Buffer.concat([
  Buffer.from("\0\0\0\u0018ftypheic\0\0\0\0mif1heic", "latin1"),
  Buffer.alloc(400),
]);
const svg = '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><circle r="5" fill="red"/></svg>';
const pages = async (format: "tiff" | "gif") => {
  const strip = Buffer.concat([
    await plain(orange, 16, 16).raw().toBuffer(),
    await plain({ r: 0, g: 0, b: 255 }, 16, 16).raw().toBuffer(),
  ]);
  const image = sharp(strip, { raw: { width: 16, height: 32, channels: 3, pageHeight: 16 } });
  return format === "gif" ? image.gif().toBuffer() : image.tiff({ compression: "lzw" }).toBuffer();
};

type Row = readonly [
  name: string,
  content: () => Promise<Buffer | string> | Buffer | string,
  reason?: RegExp,
];

const rows: readonly Row[] = [
  ["progressive.jpg", () => noisy().jpeg({ progressive: true }).toBuffer()],
  ["cmyk.jpg", () => noisy().toColorspace("cmyk").jpeg().toBuffer()],
  ["no-extension-it-claims.png", () => noisy().jpeg().toBuffer()],
  ["palette.png", () => noisy().png({ palette: true }).toBuffer()],
  ["deep-with-alpha.png", () => noisy().ensureAlpha(0.5).toColorspace("rgb16").png().toBuffer()],
  ["interlaced.png", () => noisy().png({ progressive: true }).toBuffer()],
  ["a.webp", () => noisy().webp().toBuffer()],
  ["a.avif", () => noisy().avif({ effort: 0 }).toBuffer()],
  ["lab.tiff", () => noisy().toColorspace("lab").tiff({ compression: "none" }).toBuffer()],
  ["pages.tiff", () => pages("tiff")],
  ["frames.gif", () => pages("gif")],
  ["one-pixel.png", () => plain(orange, 1, 1).png().toBuffer()],
  ["20000-pixels-wide.png", () => plain(orange, 20_000, 600).png().toBuffer()],
  ["with blanks 'and' \"quotes\".jpg", () => noisy().jpeg().toBuffer()],
  ["line\nbreak \u001b[31mred\u009b2J.jpg", () => noisy().jpeg().toBuffer()],
  ["émoji 🦊👩‍🎨 שלום.jpg", () => noisy().jpeg().toBuffer()],
  ["UPPER.JPG", () => noisy().jpeg().toBuffer()],
  ["bytes-behind.jpg", async () => Buffer.concat([await noisy().jpeg().toBuffer(), Buffer.alloc(99, 7)])],
  [
    "too-narrow.png",
    () => plain(orange, 20_000, 100).png().toBuffer(),
    /^20000x100 is too narrow for a square$/,
  ],
  ["greyscale.jpg", () => noisy().grayscale().jpeg().toBuffer(), /^greyscale$/],
  ["greyscale-as-rgb.png", () => noisy().grayscale().toColorspace("srgb").png().toBuffer(), /^greyscale$/],
  ["empty.jpg", () => "", /^empty file$/],
  ["text.jpg", () => "<html>Quota exceeded</html>", /^not an image that can be read$/],
  ["random.png", () => Buffer.from(Array.from({ length: 999 }, (_, at) => (at * at) & 255)), /^not an image/],
  ["picture-of-text.jpg", () => svg, /^not a photograph: SVG$/],
  ["phone.heic", () => heic, /^HEIC, which cannot be read: convert it to JPEG$/],
  ["cut.jpg", async () => cut(await noisy().jpeg().toBuffer(), 0.6), /^truncated JPEG$/],
  ["cut.png", async () => cut(await noisy().png().toBuffer(), 0.6), /^damaged: /],
  ["cut.webp", async () => cut(await noisy().webp().toBuffer(), 0.6), /^damaged: /],
  ["cut.avif", async () => cut(await noisy().avif({ effort: 0 }).toBuffer(), 0.6), /^damaged: /],
  [
    "cut.tiff",
    async () => cut(await noisy().tiff({ compression: "lzw" }).toBuffer(), 0.6),
    /^damaged: |^not an/,
  ],
  ["cut.gif", async () => cut(await noisy().gif().toBuffer(), 0.6), /^damaged: /],
  ["header-alone.jpg", async () => cut(await noisy().jpeg().toBuffer(), 0.05), /^truncated JPEG$/],
  ["bomb.png", () => hugePng(30_000, 30_000, 600), /^more than 150 million pixels$/],
];

/** Things in a folder that are no files, by the reason that they are left out with. */
async function placeOddThings(folder: string, t: TestContext): Promise<Record<string, RegExp>> {
  symlinkSync("nowhere.jpg", join(folder, "dangling.jpg"));
  symlinkSync("itself.jpg", join(folder, "itself.jpg"));
  const odd: Record<string, RegExp> = {
    "dangling.jpg": /^cannot be opened: ENOENT$/,
    "itself.jpg": /^cannot be opened: ELOOP$/,
  };
  mkdirSync(join(folder, "folder.jpg"));
  if (process.platform === "win32") return odd;
  execFileSync("mkfifo", [join(folder, "pipe.jpg")]);
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(join(folder, "socket.jpg"), resolve));
  t.after(() => server.close());
  write(join(folder, "locked.jpg"), await noisy().jpeg().toBuffer());
  chmodSync(join(folder, "locked.jpg"), 0);
  // The superuser reads it all the same.
  if (process.getuid!() !== 0) odd["locked.jpg"] = /^cannot be opened: EACCES$/;
  return { ...odd, "pipe.jpg": /^not a regular file$/, "socket.jpg": /^not a regular file$/ };
}

test("every file is taken or left out with its reason", { timeout: 60_000 }, async (t) => {
  const folder = temporaryFolder(t);
  const expected = await placeOddThings(folder, t);
  for (const [name, content, reason] of rows) {
    write(join(folder, name), await content());
    if (reason !== undefined) expected[name] = reason;
  }
  await writePictures(join(folder, "folder.jpg"), 3);
  const prepared = await prepare(t, folderConfig(folder), temporaryFolder(t), { size: 64 });
  const skipped = new Map(prepared.skipped.map(({ path, reason }) => [path, reason]));
  const used = new Set([...prepared.seen, ...prepared.unseen].map((index) => prepared.ids[index]!));
  for (const [name] of rows) assert.ok(used.has(name) !== name in expected, `${name}: ${skipped.get(name)}`);
  for (const [name, reason] of Object.entries(expected)) {
    assert.match(skipped.get(name) ?? "taken", reason, name);
  }
  assert.deepEqual([...skipped.keys()].sort(), Object.keys(expected).sort());
  assert.equal(used.has("folder.jpg/002.png"), true);
  const control = /\p{Cc}/u;
  for (const note of prepared.notes) assert.ok(!control.test(note), note);
});

test("the first page and the first frame are taken", async (t) => {
  const folder = temporaryFolder(t);
  for (const name of ["pages.tiff", "frames.gif"]) {
    write(join(folder, name), await pages(name === "pages.tiff" ? "tiff" : "gif"));
    assert.equal((await sharp(join(folder, name)).metadata()).pages, 2);
    const decoded = await decodeFile(join(folder, name), 16);
    assert.ok("pixels" in decoded);
    assert.deepEqual(
      [...decoded.pixels.subarray(0, 3)].map((value) => Math.round(value / 10)),
      [23, 12, 4],
      name,
    );
  }
});

test("a decompression bomb costs no memory, and nothing waits for it", async (t) => {
  const path = join(temporaryFolder(t), "bomb.png");
  write(path, hugePng(30_000, 30_000, 600));
  const before = process.memoryUsage().rss;
  let ticks = 0;
  const timer = setInterval(() => ticks++, 1);
  await Promise.all(Array.from({ length: 20 }, () => decodeFile(path, 64)));
  clearInterval(timer);
  assert.ok(ticks > 0);
  assert.ok(process.memoryUsage().rss - before < 200 * 2 ** 20);
});

test("a file that vanishes between listing and decoding is left out", async (t) => {
  const root = temporaryFolder(t);
  await writePictures(root, 40);
  const onProgress = (done: number) => {
    if (done === 1) rmSync(join(root, "039.png"));
  };
  const prepared = await prepare(t, folderConfig(root), temporaryFolder(t), { onProgress });
  assert.deepEqual(prepared.skipped, [{ path: "039.png", reason: "cannot be opened: ENOENT" }]);
});
