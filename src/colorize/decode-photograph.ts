// The bytes of a file -> its numbers upright and at full size, with what their lightness is. Only lightness is read from
// them, so that pictures of 16 bits keep all of theirs. What only libvips can convert comes down to 8 bits of sRGB
// (docs/colorize.md has the list).

import sharp, { type Metadata } from "sharp";
import { p3LuminanceOfRgb, srgbLuminanceOfRgb } from "../color/luminance.ts";
import { decodeSrgb } from "../color/srgb.ts";
import { greyCurve } from "../datasets/formats/grey-curve.ts";
import { type Numbers, numbersAsTiff, type OpenOptions } from "../datasets/formats/numbers.ts";
import {
  type Reading,
  Refusal,
  refusalOf,
  relented,
  requireWhole,
} from "../datasets/formats/open-picture.ts";
import { sourceColors } from "../datasets/formats/source-colors.ts";
import { exifOfTiff } from "./metadata/tiff-exif.ts";

export type Photograph = {
  readonly width: number;
  readonly height: number;
  /** [height, width, channels]: grey or RGB, then transparency where there is one. */
  readonly numbers: Uint8Array | Uint16Array;
  readonly channels: 1 | 2 | 3 | 4;
  readonly hasAlpha: boolean;
  /** Linear light by number, one table for each color channel: their sum is the luminance Y. */
  readonly light: readonly Float32Array[];
  /** The number that is white, or opaque. */
  readonly most: number;
  /** As sharp names it: jpeg, png, … */
  readonly format: string;
  readonly exif: Buffer | null;
  readonly xmp: string | null;
};

const largest = 300e6;

/** Throws Refusal, for one of more than `mostPixels` as well. */
export async function decodePhotograph(bytes: Buffer, mostPixels = largest): Promise<Photograph> {
  const limits = { limitInputPixels: mostPixels, limitInputChannels: 64 };
  requireWhole(bytes);
  const metadata = await sharp(bytes, { failOn: "none", ...limits })
    .metadata()
    .catch((error: unknown) => {
      throw refusalOf(bytes, error, limits.limitInputPixels);
    });
  const found = sourceColors(bytes, metadata);
  if ("refusal" in found) throw new Refusal(found.refusal);
  const common = {
    format: metadata.format === "heif" ? "avif" : metadata.format,
    exif: exifOf(bytes, metadata),
    xmp: metadata.xmpAsString ?? metadata.xmp?.toString("utf8") ?? null,
  };
  let reading: Reading = { numbers: found.numbers, options: { failOn: "warning", ...limits } };
  for (;;) {
    const { numbers, options } = reading;
    try {
      const decoded =
        (await decodeDeep(bytes, metadata, numbers, options)) ??
        (await decodeBytes(
          numbers === null ? bytes : await numbersAsTiff(bytes, metadata, numbers, options, null),
          isGreyAlone(metadata, numbers),
          options,
        ));
      return { ...common, ...decoded };
    } catch (error) {
      if (error instanceof Refusal) throw error;
      const next = relented(bytes, reading);
      if (next === null) throw refusalOf(bytes, error, limits.limitInputPixels);
      reading = next;
    }
  }
}

/** Grey with transparency is read as RGB: as grey sharp would give the first band alone. */
function isGreyAlone({ space, hasAlpha }: Metadata, numbers: Numbers | null): boolean {
  return numbers === null ? space === "b-w" && !hasAlpha : numbers.model === "GRAY" && numbers.alpha === null;
}

type Decoded = Omit<Photograph, "format" | "exif" | "xmp">;

/** 16 bits as they stand in the file; null where the file has other ones. */
async function decodeDeep(
  bytes: Buffer,
  { icc }: Metadata,
  numbers: Numbers | null,
  options: OpenOptions,
): Promise<Decoded | null> {
  if (numbers === null || numbers.toRgb !== null || numbers.most <= 255) return null;
  const { space, profile, bands, alpha, most } = numbers;
  if (space !== "rgb16" && space !== "grey16") return null;
  if (bands.some((band, place) => band !== place) || (alpha !== null && alpha !== bands.length)) return null;
  const isEmbedded = profile !== null && icc !== undefined && profile.equals(icc);
  if (profile !== null && !isEmbedded) return null;
  const curve = space === "grey16" && profile !== null ? greyCurve(profile) : decodeSrgb;
  if (curve === null) return null;
  // libvips brings RGB of 16 bits with a profile into Display P3, whose curve is sRGB's.
  const isP3 = space === "rgb16" && profile !== null;
  const { data, info } = await sharp(bytes, { ...options, autoOrient: true, ignoreIcc: !isP3 })
    .toColourspace(space)
    .raw({ depth: "ushort" })
    .toBuffer({ resolveWithObject: true });
  const white = isP3 ? 65535 : most;
  const luminance = space === "grey16" ? [1] : isP3 ? p3LuminanceOfRgb : srgbLuminanceOfRgb;
  return {
    width: info.width,
    height: info.height,
    numbers: new Uint16Array(data.buffer, data.byteOffset, data.length / 2),
    channels: channelsOf(info.channels, luminance.length, alpha !== null),
    hasAlpha: alpha !== null,
    light: luminance.map((share) => tableOf(65536, (number) => share * curve(Math.min(1, number / white)))),
    most: white,
  };
}

async function decodeBytes(bytes: Buffer, isGrey: boolean, options: OpenOptions): Promise<Decoded> {
  const { data, info } = await sharp(bytes, { ...options, autoOrient: true })
    .toColourspace(isGrey ? "b-w" : "srgb")
    .raw()
    .toBuffer({ resolveWithObject: true });
  const luminance = info.channels <= 2 ? [1] : srgbLuminanceOfRgb;
  const hasAlpha = info.channels === 2 || info.channels === 4;
  return {
    width: info.width,
    height: info.height,
    numbers: data,
    channels: channelsOf(info.channels, luminance.length, hasAlpha),
    hasAlpha,
    light: luminance.map((share) => tableOf(256, (number) => share * decodeSrgb(number / 255))),
    most: 255,
  };
}

function channelsOf(channels: number, colors: number, hasAlpha: boolean): Photograph["channels"] {
  if (channels !== colors + (hasAlpha ? 1 : 0))
    throw new Refusal(`${channels} channels, which cannot be read`);
  return channels as Photograph["channels"];
}

function tableOf(length: number, light: (number: number) => number): Float32Array {
  return Float32Array.from({ length }, (_, number) => light(number));
}

/** JPEG's and WebP's begin with "Exif" and two zeros; that of a TIFF libvips does not tell. */
function exifOf(bytes: Buffer, { exif }: Metadata): Buffer | null {
  if (exif === undefined) return exifOfTiff(bytes);
  return exif.toString("latin1", 0, 6) === "Exif\0\0" ? exif.subarray(6) : exif;
}
