// One image file -> square RGB pixels, by sharp. The rule: EXIF orientation applied, sRGB, 8 bit, alpha on
// white, the shorter side resized to `size` (Lanczos 3), then the centre cropped.

import { createHash } from "node:crypto";
import { readFile, stat } from "node:fs/promises";
import sharp from "sharp";
import { messageOf } from "../errors.ts";

/** Part of the cache key: raise it whenever the same file would give other pixels. */
export const decodeVersion = 1;

export type Decoded =
  /** `pixels` is uint8 RGB [size, size, 3]; `hash` the SHA-256 of the file's bytes. */
  { readonly pixels: Uint8Array; readonly hash: string } | { readonly reason: string };

const largestFile = 256 * 2 ** 20;
const largestPicture = 150e6;
const longestShape = 40;

/** Never throws for what a file holds: whatever cannot be used comes back as a reason. */
export async function decodeFile(path: string, size: number): Promise<Decoded> {
  let bytes: Buffer;
  try {
    const found = await stat(path);
    if (!found.isFile()) return { reason: "not a regular file" };
    if (found.size === 0) return { reason: "empty file" };
    if (found.size > largestFile) return { reason: `larger than ${largestFile / 2 ** 20} MiB` };
    bytes = await readFile(path);
  } catch (error) {
    return { reason: `cannot be opened: ${(error as NodeJS.ErrnoException).code ?? messageOf(error)}` };
  }
  if (isCutJpeg(bytes)) return { reason: "truncated JPEG" };
  try {
    const hash = createHash("sha256").update(bytes).digest("hex");
    return { pixels: await decodeBytes(bytes, size), hash };
  } catch (error) {
    return { reason: reasonOf(messageOf(error)) };
  }
}

async function decodeBytes(bytes: Buffer, size: number): Promise<Uint8Array> {
  // failOn "warning": a file that is cut short or damaged is left out rather than trained on with a grey patch.
  const image = sharp(bytes, { failOn: "warning", limitInputPixels: largestPicture, autoOrient: true });
  const { width, height } = await image.metadata();
  if (Math.max(width, height) > longestShape * Math.min(width, height)) {
    throw new Error(`${width}x${height} is too narrow for a square`);
  }
  // Resized as a whole and cropped here: a crop inside sharp never reads the rows outside it, so that whether
  // a damaged file is noticed would depend on the shape and the size.
  const whole = await image
    .flatten({ background: "white" })
    .resize(size, size, { fit: "outside", kernel: "lanczos3" })
    .toColourspace("srgb")
    .removeAlpha()
    .raw()
    .toBuffer({ resolveWithObject: true });
  return centreCrop(whole.data, whole.info.width, whole.info.height, size);
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
  const line = message.split("\n")[0]!.trim();
  if (/unsupported image format/.test(line)) return "not an image that can be read";
  if (/exceeds pixel limit/.test(line)) return `more than ${largestPicture / 1e6} million pixels`;
  return line.replace(/^Input buffer has corrupt header: /, "damaged: ");
}
