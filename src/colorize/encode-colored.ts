// A colored picture as a file's bytes: sRGB, 16 bits where the format has them, with the original's metadata.

import sharp, { type Sharp } from "sharp";
import type { Colored } from "./join-colors.ts";
import { uprightExif } from "./metadata/exif.ts";
import { type Note, noteLine } from "./metadata/note.ts";
import { withExif } from "./metadata/with-exif.ts";
import { notedXmp } from "./metadata/xmp.ts";

export const colorizedFormats = ["jpeg", "png", "webp", "tiff", "avif"] as const;

export type ColorizedFormat = (typeof colorizedFormats)[number];

export const deepFormats: ReadonlySet<ColorizedFormat> = new Set(["png", "tiff"]);

type Sources = { readonly exif: Buffer | null; readonly xmp: string | null; readonly note: Note };

/** More than these pixels of a JPEG are not held in memory a second time for shorter codes. */
const mostOptimized = 25e6;

/** In pieces. Rejects with sharp's error where the format cannot hold such a picture. */
export async function encodeColored(
  picture: Colored,
  format: ColorizedFormat,
  { exif, xmp, note }: Sources,
): Promise<readonly Buffer[]> {
  const { numbers, width, height, channels } = picture;
  let image = sharp(numbers, { raw: { width, height, channels }, limitInputPixels: false });
  if (numbers instanceof Uint16Array) image = image.toColourspace("rgb16");
  image = image.withXmp(notedXmp(xmp, note));
  const upright = uprightExif(exif, { software: noteLine(note), width, height });
  if (format === "avif") image = image.withExif({ IFD0: { Software: noteLine(note) } });
  if (format === "jpeg" && channels === 4) image = image.flatten({ background: "white" });
  const bytes = await encoded(image, format, width * height).toBuffer();
  return withExif(format, bytes, upright) ?? [bytes];
}

function encoded(image: Sharp, format: ColorizedFormat, pixels: number): Sharp {
  switch (format) {
    case "jpeg":
      return image.jpeg({ quality: 93, chromaSubsampling: "4:4:4", optimiseCoding: pixels <= mostOptimized });
    case "png":
      return image.png({ compressionLevel: 6 });
    case "webp":
      return image.webp({ quality: 92, smartSubsample: true });
    case "tiff":
      return image.tiff({ compression: "deflate", predictor: "horizontal" });
    case "avif":
      return image.avif({ quality: 70, chromaSubsampling: "4:4:4" });
  }
}
