// One image file -> square RGB pixels and what is known of the picture. What it looks like is measured on its pixels
// averaged to 32 x 32 cells. Whether it has color must not depend on `size`: where that is a close call, it is
// measured on the same square resized to 32 x 32.

import { createHash } from "node:crypto";
import { readFile, stat } from "node:fs/promises";
import { setImmediate as breathe } from "node:timers/promises";
import sharp from "sharp";
import { messageOf } from "../../errors.ts";
import { createTurns } from "../../turns.ts";
import { type Colors, openPicture, Refusal } from "../formats/open-picture.ts";
import { colorfulnessOf } from "../inspect/is-greyscale.ts";
import { perceptualHash } from "../inspect/perceptual-hash.ts";

/**
 * Part of the cache key and of every fingerprint: raise it when ordinary files would give other pixels. What is read as
 * numbers gives other pixels than at the beginning of version 1, and is marked in the fingerprint by itself.
 */
export const decodeVersion = 1;

/** Width and height of the picture that is measured. */
export const lookSize = 32;

/** What is known of a picture besides its pixels. */
export type Look = Colors & {
  /** Of the file, upright. */
  readonly width: number;
  readonly height: number;
  /** See is-greyscale.ts. */
  readonly colorfulness: number;
  /** See perceptual-hash.ts. */
  readonly print: string | null;
};

export type Decoded =
  /** `pixels` is uint8 RGB [size, size, 3]; `hash` the SHA-256 of the file's bytes. */
  { readonly pixels: Uint8Array; readonly hash: string; readonly look: Look } | { readonly reason: string };

const largestFile = 256 * 2 ** 20;
/** What is larger is decoded alone: some forms, such as progressive JPEG, are held in memory as a whole. */
const [bigFile, bigPicture] = [16 * 2 ** 20, 25e6];
const bigTurns = createTurns();

// libvips would keep the last decoders open, in case of the same picture again: with progressive JPEGs of 144 million
// pixels 3 GB instead of 0.5.
sharp.cache(false);

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
    if (isBig) done = (await bigTurns.take())!;
    const bytes = await readFile(path);
    const picture = await openPicture(bytes);
    const { width, height } = picture;
    if (!isBig && width * height > bigPicture) {
      if (options?.leaveBig) return "big";
      done = (await bigTurns.take())!;
    }
    const pixels = await picture.square(size);
    const measure = (square: Uint8Array) => lookOf(square, { width, height }, picture.colors());
    let look = size < lookSize ? null : measure(averaged(pixels, size));
    if (look === null || (size > lookSize && look.isCloseCall))
      look = measure(await picture.square(lookSize));
    return { pixels, hash: await hashOf(bytes), look: look.look };
  } catch (error) {
    if (error instanceof Refusal) return { reason: error.message };
    return { reason: `cannot be opened: ${(error as NodeJS.ErrnoException).code ?? messageOf(error)}` };
  } finally {
    done();
  }
}

/** What is measured on `pixels`, uint8 RGB [32, 32, 3]; `isCloseCall` is about its colorfulness. */
export function lookOf(
  pixels: Uint8Array,
  { width, height }: { readonly width: number; readonly height: number },
  colors: Colors = { profile: null, untold: null, asNumbers: false },
): { readonly look: Look; readonly isCloseCall: boolean } {
  const { value, isCloseCall } = colorfulnessOf(pixels);
  const colorfulness = Math.round(value * 1000) / 1000;
  return { look: { width, height, ...colors, colorfulness, print: perceptualHash(pixels) }, isCloseCall };
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
