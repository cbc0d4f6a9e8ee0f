// One image file -> square RGB pixels, by sharp. The rule: EXIF orientation applied, the first page or frame, sRGB
// (an embedded profile is converted), 8 bit, alpha on white, the shorter side resized to `size` (Lanczos 3), then
// the centre cropped. What a picture looks like is measured on its pixels averaged to 32 x 32 cells. Whether it has
// color must not depend on `size`: where that is a close call, it is measured on the same square resized to 32 x 32.

import { createHash } from "node:crypto";
import { readFile, stat } from "node:fs/promises";
import { setImmediate as breathe } from "node:timers/promises";
import sharp, { type Metadata } from "sharp";
import { messageOf } from "../../errors.ts";
import { colorfulnessOf } from "../inspect/is-greyscale.ts";
import { perceptualHash } from "../inspect/perceptual-hash.ts";
import { profileName } from "./icc-profile.ts";
import { oneAtATime } from "./one-at-a-time.ts";

/** Part of the cache key: raise it whenever the same file would give other pixels. */
export const decodeVersion = 1;

/** Width and height of the picture that is measured. */
export const lookSize = 32;

/** What is known of a picture besides its pixels. */
export type Look = {
  /** Of the file, upright. */
  readonly width: number;
  readonly height: number;
  /** Where its colors were not sRGB: the name of its profile or color space. */
  readonly profile: string | null;
  /** See is-greyscale.ts. */
  readonly colorfulness: number;
  /** See perceptual-hash.ts. */
  readonly print: string | null;
};

export type Decoded =
  /** `pixels` is uint8 RGB [size, size, 3]; `hash` the SHA-256 of the file's bytes. */
  { readonly pixels: Uint8Array; readonly hash: string; readonly look: Look } | { readonly reason: string };

const largestFile = 256 * 2 ** 20;
const largestPicture = 150e6;
const longestShape = 40;
/** What is larger is decoded alone: some forms, such as progressive JPEG, are held in memory as a whole. */
const [bigFile, bigPicture] = [16 * 2 ** 20, 25e6];
const takeBigTurn = oneAtATime();

// libvips would keep the last decoders open, in case of the same picture again: with progressive JPEGs of 144 million
// pixels 3 GB instead of 0.5.
sharp.cache(false);

const formats = new Set<string>(["jpeg", "png", "webp", "gif", "tiff", "heif"]);

/**
 * Never throws for what a file holds: whatever cannot be used comes back as a reason. Big ones take turns, or with
 * `leaveBig` come back as "big".
 */
export async function decodeFile(path: string, size: number): Promise<Decoded>;
export async function decodeFile(
  path: string,
  size: number,
  options: { readonly leaveBig: true },
): Promise<Decoded | "big">;
export async function decodeFile(path: string, size: number, options?: { readonly leaveBig: true }) {
  let done = () => {};
  try {
    const found = await stat(path);
    // A pipe or a socket would be waited for without end.
    if (!found.isFile()) return { reason: "not a regular file" };
    if (found.size === 0) return { reason: "empty file" };
    if (found.size > largestFile) return { reason: `larger than ${largestFile / 2 ** 20} MiB` };
    const isBig = found.size > bigFile;
    if (isBig && options?.leaveBig) return "big";
    if (isBig) done = await takeBigTurn();
    const bytes = await readFile(path);
    const refusal = refusalOf(bytes);
    if (refusal !== null) return { reason: refusal };
    try {
      const metadata = await sharp(bytes, { limitInputPixels: largestPicture }).metadata();
      requireShape(metadata);
      if (!isBig && metadata.width * metadata.height > bigPicture) {
        if (options?.leaveBig) return "big";
        done = await takeBigTurn();
      }
      const pixels = await decodeSquare(bytes, size);
      let look = size < lookSize ? null : lookOf(averaged(pixels, size), metadata);
      if (look === null || (size > lookSize && look.isCloseCall)) {
        look = lookOf(await decodeSquare(bytes, lookSize), metadata);
      }
      return { pixels, hash: await hashOf(bytes), look: look.look };
    } catch (error) {
      return { reason: reasonOf(messageOf(error)) };
    }
  } catch (error) {
    return { reason: `cannot be opened: ${(error as NodeJS.ErrnoException).code ?? messageOf(error)}` };
  } finally {
    done();
  }
}

/** What is measured on `pixels`, uint8 RGB [32, 32, 3]; `isCloseCall` is about its colorfulness. */
export function lookOf(
  pixels: Uint8Array,
  metadata: Metadata | { width: number; height: number },
): { readonly look: Look; readonly isCloseCall: boolean } {
  const upright = "autoOrient" in metadata ? metadata.autoOrient : metadata;
  const { value, isCloseCall } = colorfulnessOf(pixels);
  const look = {
    width: upright.width,
    height: upright.height,
    profile: "format" in metadata ? unusualProfile(metadata) : null,
    colorfulness: Math.round(value * 1000) / 1000,
    print: perceptualHash(pixels),
  };
  return { look, isCloseCall };
}

/** null for sRGB and for grey. */
function unusualProfile({ space, icc }: Metadata): string | null {
  if (space === "cmyk" || space === "lab") return space.toUpperCase();
  if (icc === undefined || /^b-w$|^grey16$/.test(space)) return null;
  const name = profileName(icc);
  // "c2" and "c2ci" are small forms of sRGB that some programs embed.
  return name !== null && /srgb|^c2(ci)?$/i.test(name) ? null : (name ?? "a profile without a name");
}

function requireShape({ format, width, height }: Metadata): void {
  if (!formats.has(format)) throw new Error(`not a photograph: ${format.toUpperCase()}`);
  if (Math.max(width, height) > longestShape * Math.min(width, height)) {
    throw new Error(`${width}x${height} is too narrow for a square`);
  }
}

async function decodeSquare(bytes: Buffer, size: number): Promise<Uint8Array> {
  // failOn "warning": a file that is cut short or damaged is left out rather than trained on with a grey patch.
  // Resized as a whole and cropped here: a crop inside sharp never reads the rows outside it, so that whether
  // a damaged file is noticed would depend on the shape and the size.
  const whole = await sharp(bytes, { failOn: "warning", limitInputPixels: largestPicture, autoOrient: true })
    .flatten({ background: "white" })
    .resize(size, size, { fit: "outside", kernel: "lanczos3" })
    .toColorspace("srgb")
    .removeAlpha()
    .raw()
    .toBuffer({ resolveWithObject: true });
  return centreCrop(whole.data, whole.info.width, whole.info.height, size);
}

/** uint8 RGB [size, size, 3] -> [32, 32, 3], the mean of what falls into every cell; `size` is at least 32. */
function averaged(pixels: Uint8Array, size: number): Uint8Array {
  if (size === lookSize) return pixels;
  const means = new Uint8Array(lookSize * lookSize * 3);
  const edge = (cell: number) => Math.ceil((cell * size) / lookSize);
  for (let row = 0; row < lookSize; row++) {
    for (let column = 0; column < lookSize; column++) {
      const [top, bottom, left, right] = [edge(row), edge(row + 1), edge(column), edge(column + 1)];
      let [r, g, b] = [0, 0, 0];
      for (let y = top; y < bottom; y++) {
        for (let at = 3 * (y * size + left), end = 3 * (y * size + right); at < end; at += 3) {
          r += pixels[at]!;
          g += pixels[at + 1]!;
          b += pixels[at + 2]!;
        }
      }
      const count = (bottom - top) * (right - left);
      const cell = 3 * (row * lookSize + column);
      means[cell] = Math.round(r / count);
      means[cell + 1] = Math.round(g / count);
      means[cell + 2] = Math.round(b / count);
    }
  }
  return means;
}

function centreCrop(pixels: Uint8Array, width: number, height: number, size: number): Uint8Array {
  if (pixels.length !== width * height * 3) throw new Error(`${pixels.length / width / height} channels`);
  const left = Math.floor((width - size) / 2);
  const top = Math.floor((height - size) / 2);
  const crop = new Uint8Array(size * size * 3);
  for (let row = 0; row < size; row++) {
    const from = ((top + row) * width + left) * 3;
    crop.set(pixels.subarray(from, from + size * 3), row * size * 3);
  }
  return crop;
}

/** In pieces, so that a large file does not hold up everything else. */
async function hashOf(bytes: Buffer): Promise<string> {
  const hash = createHash("sha256");
  const pieceLength = 8 * 2 ** 20;
  for (let at = 0; at < bytes.length; at += pieceLength) {
    if (at > 0) await breathe();
    hash.update(bytes.subarray(at, at + pieceLength));
  }
  return hash.digest("hex");
}

/** What the bytes alone tell. */
function refusalOf(bytes: Buffer): string | null {
  if (isCutJpeg(bytes)) return "truncated JPEG";
  const isHeic = /^ftyp(he[iv][cxms])/.test(bytes.toString("latin1", 4, 12));
  return isHeic ? "HEIC, which cannot be read: convert it to JPEG" : null;
}

/** Whether a JPEG has no end marker after its first scan; the decoder overlooks a few missing bytes. */
function isCutJpeg(bytes: Buffer): boolean {
  if (bytes[0] !== 0xff || bytes[1] !== 0xd8) return false;
  // Over the segments (marker, length, content), which may hold a thumbnail with an end marker of its own.
  let at = 2;
  while (at + 4 <= bytes.length && bytes[at] === 0xff && bytes[at + 1] !== 0xda) {
    at += bytes[at + 1] === 0xff ? 1 : 2 + bytes.readUInt16BE(at + 2);
  }
  return bytes.indexOf(Buffer.of(0xff, 0xd9), at) < 0;
}

function reasonOf(message: string): string {
  const lines = message.replace(/^Input buffer has corrupt header: /, "").split("\n");
  const line = lines.find((each) => !/bad seek/.test(each)) ?? lines[0]!;
  if (/unsupported image format/.test(line)) return "not an image that can be read";
  if (/exceeds pixel limit/.test(line)) return `more than ${largestPicture / 1e6} million pixels`;
  if (/^\d+x\d+ is too narrow|^not a photograph/.test(line)) return line;
  return `damaged: ${line
    .replace(/\p{C}+/gu, " ")
    .trim()
    .slice(0, 200)}`;
}
