// A picture that lies in a larger file as plain numbers, such as one of CIFAR's, at any size.

import { createHash } from "node:crypto";
import { open } from "node:fs/promises";
import sharp from "sharp";
import type { Planes } from "../dataset.ts";
import { type Decoded, lookOf, lookSize } from "./decode.ts";

/** As decodeFile: never throws for what a file holds; `hash` is the SHA-256 of the picture's own bytes. */
export async function decodePlanes(
  path: string,
  { at, size: stored }: Planes,
  size: number,
): Promise<Decoded> {
  try {
    const bytes = await readPart(path, at, 3 * stored * stored);
    if (bytes === null) return { reason: "the file ends before it" };
    const rgb = interleaved(bytes, stored);
    const sized = (wanted: number) => resized(rgb, stored, wanted);
    const hash = createHash("sha256").update(bytes).digest("hex");
    const { look } = lookOf(await sized(lookSize), { width: stored, height: stored });
    return { pixels: await sized(size), hash, look };
  } catch (error) {
    return { reason: `cannot be read: ${(error as NodeJS.ErrnoException).code ?? (error as Error).message}` };
  }
}

/** null where the file ends too early. */
async function readPart(path: string, at: number, length: number): Promise<Buffer | null> {
  const file = await open(path, "r");
  try {
    const bytes = Buffer.alloc(length);
    const { bytesRead } = await file.read(bytes, 0, length, at);
    return bytesRead === length ? bytes : null;
  } finally {
    await file.close();
  }
}

/** uint8 [3, size, size] -> [size, size, 3]. */
function interleaved(planes: Uint8Array, size: number): Uint8Array {
  const count = size * size;
  const rgb = new Uint8Array(3 * count);
  for (let pixel = 0; pixel < count; pixel++)
    for (let channel = 0; channel < 3; channel++) rgb[3 * pixel + channel] = planes[channel * count + pixel]!;
  return rgb;
}

/** By the same filter as image files. */
async function resized(rgb: Uint8Array, size: number, wanted: number): Promise<Uint8Array> {
  if (size === wanted) return rgb;
  const picture = sharp(rgb, { raw: { width: size, height: size, channels: 3 } });
  return picture.resize(wanted, wanted, { kernel: "lanczos3" }).raw().toBuffer();
}
