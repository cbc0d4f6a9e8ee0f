// Pictures of any format that is colored, small enough for a page and in a format that browsers show.

import sharp from "sharp";
import { decodePhotograph } from "./decode-photograph.ts";

export type PreviewOptions = {
  /** Pixels of the longer side. */
  readonly largest: number;
  readonly quality: number;
  /** More are refused; left out for as many as can be colored. */
  readonly mostPixels?: number;
};

/** Upright and in its own colors, as WebP. Throws Refusal. */
export async function previewOf(
  bytes: Buffer,
  { largest, quality, mostPixels }: PreviewOptions,
): Promise<{ readonly mime: string; readonly bytes: Buffer }> {
  const { width, height, channels, numbers } = await decodePhotograph(bytes, mostPixels);
  const preview = await sharp(numbers, { raw: { width, height, channels }, limitInputPixels: false })
    .resize(largest, largest, { fit: "inside", withoutEnlargement: true })
    .webp({ quality })
    .toBuffer();
  return { mime: "image/webp", bytes: preview };
}
