// The bytes of a file -> its square of 8-bit sRGB pixels at any size, by sharp: EXIF orientation applied, the first
// page or frame, alpha on white, the shorter side resized (Lanczos 3), then the centre cropped. What sharp would show
// in wrong colors is read as numbers first (source-colors.ts); what is odd, but whole, is taken.

import sharp from "sharp";
import { messageOf } from "../../errors.ts";
import { isWholeJpeg, unusualJpeg } from "./jpeg-scans.ts";
import { type Numbers, numbersAsTiff, type OpenOptions } from "./numbers.ts";
import { type SourceColors, sourceColors, unusableProfile } from "./source-colors.ts";
import { tiffColors, warnsOfTagsAlone } from "./tiff-colors.ts";

export type Colors = Pick<SourceColors, "profile" | "untold"> & { readonly asNumbers: boolean };

export type Picture = {
  /** Upright. */
  readonly width: number;
  readonly height: number;
  /** uint8 RGB [size, size, 3]. Throws Refusal. */
  square(size: number): Promise<Uint8Array>;
  /** Of what `square` read last. */
  colors(): Colors;
};

/** Why a file cannot be used, in words that are the same at every run: libvips's own are shared by all that it does. */
export class Refusal extends Error {}

/** Channels beyond the colors are left aside, so that their number does not matter. */
const limits = { limitInputPixels: 150e6, limitInputChannels: 64 };
const longestShape = 40;
const formats = new Set<string>(["jpeg", "png", "webp", "gif", "tiff", "heif"]);

/** Throws Refusal. */
export async function openPicture(bytes: Buffer): Promise<Picture> {
  requireWhole(bytes);
  const refuse = (error: unknown): never => {
    throw refusalOf(bytes, error);
  };
  const metadata = await sharp(bytes, { failOn: "none", ...limits })
    .metadata()
    .catch(refuse);
  const { format, width, height, autoOrient } = metadata;
  if (!formats.has(format)) throw new Refusal(`not a photograph: ${format.toUpperCase()}`);
  if (Math.max(width, height) > longestShape * Math.min(width, height)) {
    throw new Refusal(`${width}x${height} is too narrow for a square`);
  }
  const found = sourceColors(bytes, metadata);
  if ("refusal" in found) throw new Refusal(found.refusal);

  // "warning": a file that is cut short or damaged is left out rather than trained on with a grey patch.
  let reading: Reading = { numbers: found.numbers, options: { failOn: "warning", ...limits } };
  let tiff: Promise<Buffer> | null = null;
  const attempt = async (size: number): Promise<Uint8Array> => {
    const { numbers, options } = reading;
    if (numbers !== null) tiff ??= numbersAsTiff(bytes, metadata, numbers, options);
    return decodeSquare(tiff === null ? bytes : await tiff, size, options);
  };
  return {
    width: autoOrient.width,
    height: autoOrient.height,
    colors() {
      const isDropped = found.numbers?.profile && !reading.numbers?.profile;
      const told = isDropped ? { profile: null, untold: unusableProfile } : found;
      return { profile: told.profile, untold: told.untold, asNumbers: reading.numbers !== null };
    },
    async square(size) {
      for (;;) {
        try {
          return await attempt(size);
        } catch (error) {
          const next = relented(bytes, reading);
          if (next === null) throw refusalOf(bytes, error);
          [reading, tiff] = [next, null];
        }
      }
    },
  };
}

/** How a file is read: its numbers, where sharp alone would get them wrong, and how much of the file must be right. */
export type Reading = { readonly numbers: Numbers | null; readonly options: OpenOptions };

/** After `reading` failed: one with less trust in the profile, or more in the file; null where none is worth it. */
export function relented(bytes: Buffer, { numbers, options }: Reading): Reading | null {
  if (numbers?.profile) return { numbers: { ...numbers, profile: null }, options };
  if (options.failOn !== "warning") return null;
  if (isWholeJpeg(bytes)) return { numbers, options: { ...options, failOn: "none" } };
  return warnsOfTagsAlone(bytes) ? { numbers, options: { ...options, failOn: "error" } } : null;
}

/** Throws Refusal for what is known by its bytes alone. */
export function requireWhole(bytes: Buffer): void {
  if (isCutJpeg(bytes)) throw new Refusal("truncated JPEG");
  if (/^ftyp(he[iv][cxms])/.test(bytes.toString("latin1", 4, 12))) {
    throw new Refusal("HEIC, which cannot be read: convert it to JPEG");
  }
}

async function decodeSquare(bytes: Buffer, size: number, options: OpenOptions): Promise<Uint8Array> {
  // Resized as a whole and cropped here: a crop inside sharp never reads the rows outside it, so that whether
  // a damaged file is noticed would depend on the shape and the size.
  const whole = await sharp(bytes, { ...options, autoOrient: true })
    .flatten({ background: "white" })
    .resize(size, size, { fit: "outside", kernel: "lanczos3" })
    .toColorspace("srgb")
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

const signatures: readonly (readonly [string, RegExp])[] = [
  ["JPEG", /^\xff\xd8/],
  ["PNG", /^\x89PNG/],
  ["GIF", /^GIF8/],
  ["WebP", /^RIFF.{4}WEBP/s],
  ["AVIF", /^.{4}ftyp/s],
  ["TIFF", /^(II[*+]\0|MM\0[*+])/],
];

/** What libvips says of a file, in our words. */
export function refusalOf(bytes: Buffer, error: unknown, mostPixels = limits.limitInputPixels): Refusal {
  const message = messageOf(error);
  if (/exceeds pixel limit/.test(message)) {
    return new Refusal(`more than ${mostPixels / 1e6} million pixels`);
  }
  const start = bytes.toString("latin1", 0, 12);
  const kind = signatures.find(([, signature]) => signature.test(start))?.[0] ?? "picture";
  const tiff = kind === "TIFF" ? tiffColors(bytes) : null;
  if (tiff !== null && "refusal" in tiff) return new Refusal(tiff.refusal);
  if (/unsupported image format/.test(message)) return new Refusal("not an image that can be read");
  const unusual = kind === "JPEG" ? unusualJpeg(bytes) : null;
  return new Refusal(
    unusual === null ? `damaged: ${kind} that cannot be read to its end` : `${unusual}, which cannot be read`,
  );
}
