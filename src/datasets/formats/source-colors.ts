// What the numbers of a file mean, and how it has to be read so that they become sRGB: the table in docs/data.md.
// In order: PNG's cICP; a profile; PNG's sRGB, or its gAMA with cHRM; AVIF's nclx; else sRGB.

import type { Metadata } from "sharp";
import { type CodePoints, colorsOfCodePoints, srgbPrimaries } from "./cicp.ts";
import { heifCodePoints } from "./heif-boxes.ts";
import { type ColorModel, isUsableProfile, profileName } from "./icc-profile.ts";
import { makeProfile, type Primaries } from "./make-profile.ts";
import type { Numbers } from "./numbers.ts";
import { type PngColors, pngColors } from "./png-chunks.ts";
import { tiffColors } from "./tiff-colors.ts";

export type SourceColors = {
  /** How to read it; null where sharp does it right by itself. */
  readonly numbers: Numbers | null;
  /** What was converted, where that is not sRGB. */
  readonly profile: string | null;
  /** Why nobody can tell what its colors are; it is read by the usual guess. */
  readonly untold: string | null;
};

type Told = { readonly made: Buffer | null; readonly name: string | null };

export const unusableProfile = "a profile that cannot be used";

const grey = /^(b-w|grey16)$/;
const readable = /^(b-w|grey16|srgb|rgb16|scrgb|cmyk)$/;

export function sourceColors(bytes: Buffer, metadata: Metadata): SourceColors | { readonly refusal: string } {
  const { space, icc, channels, hasAlpha, depth } = metadata;
  const model: ColorModel = space === "cmyk" ? "CMYK" : grey.test(space) ? "GRAY" : "RGB";
  const embedded = icc !== undefined && isUsableProfile(icc, model) ? icc : null;
  const png = metadata.format === "png" ? pngColors(bytes) : null;
  const tiff = metadata.format === "tiff" ? tiffColors(bytes) : null;
  if (tiff !== null && "refusal" in tiff) return tiff;
  if (tiff?.isFloat && (embedded === null || space !== "scrgb")) {
    return { refusal: "TIFF with floating-point samples and no profile that explains them" };
  }

  const told = toldBy(
    png,
    metadata.format === "heif" ? heifCodePoints(bytes) : null,
    embedded !== null,
    model,
  );
  if ("refusal" in told) return told;
  const isRetold = told.made !== null || (png?.codePoints && embedded !== null);
  const profile = isRetold ? told.made : embedded;
  const hasBroken =
    embedded === null && told.name === null && (icc !== undefined || png?.hasProfile === true);
  const common = {
    profile: isRetold ? told.name : unusualName(space, embedded),
    untold: hasBroken
      ? unusableProfile
      : space === "cmyk" && embedded === null
        ? "CMYK without a profile"
        : null,
  };
  const isDeep = depth === "ushort" && (space === "rgb16" || space === "grey16");
  const isPlain = !isDeep && !isRetold && (tiff === null || (tiff.isPlain && !tiff.isFloat));
  if (isPlain || !readable.test(space)) return { ...common, numbers: null };
  const colors = hasAlpha ? channels - 1 : channels;
  return {
    ...common,
    numbers: {
      space: space as Numbers["space"],
      model,
      bands: tiff?.bands ?? Array.from({ length: colors }, (_, index) => index),
      alpha: tiff === null ? (hasAlpha ? colors : null) : tiff.alpha,
      most: tiff?.isFloat ? 1 : depth === "ushort" ? whiteOf(metadata) : 255,
      toRgb: tiff?.toRgb ?? null,
      profile,
    },
  };
}

/** What is said besides a profile; null twice where that is nothing but sRGB. */
function toldBy(
  png: PngColors | null,
  heif: CodePoints | null,
  hasProfile: boolean,
  model: ColorModel,
): Told | { readonly refusal: string } {
  const make = (
    primaries: Primaries,
    gammaOrSrgb: "srgb" | { readonly gamma: number },
    name: string,
  ): Told => {
    const made = makeProfile(primaries, gammaOrSrgb, model === "GRAY" ? "GRAY" : "RGB");
    return { made, name: made === null ? null : name };
  };
  const byCodePoints = (points: CodePoints, name: string) => {
    const colors = colorsOfCodePoints(points);
    if (colors === null) return { made: null, name: null };
    if ("refusal" in colors) return colors;
    return make(colors.primaries, colors.curve, `${name} ${points.primaries}/${points.transfer}`);
  };
  if (png?.codePoints) {
    const { matrix, isFullRange } = png.codePoints;
    if (matrix !== 0 || !isFullRange)
      return { refusal: "PNG whose cICP says that it is no RGB of full range" };
    return byCodePoints(png.codePoints, "cICP");
  }
  if (hasProfile || png?.isSrgb) return { made: null, name: null };
  if (png?.gamma) {
    const primaries = png.primaries ?? srgbPrimaries;
    const isSrgb = areNear(primaries, srgbPrimaries);
    // libpng's threshold, within which 1/2.2 stands for sRGB's own curve.
    if (isSrgb && Math.abs(2.2 * png.gamma - 1) < 0.05) return { made: null, name: null };
    return make(primaries, { gamma: 1 / png.gamma }, `gAMA ${png.gamma}${isSrgb ? "" : " with cHRM"}`);
  }
  return heif === null ? { made: null, name: null } : byCodePoints(heif, "nclx");
}

function areNear(a: Primaries, b: Primaries): boolean {
  return (["white", "red", "green", "blue"] as const).every((name) =>
    [0, 1].every((axis) => Math.abs(a[name][axis]! - b[name][axis]!) < 0.003),
  );
}

/** AVIF's 10 and 12 bits come shifted to 16, so that white is 65472 or 65520. */
function whiteOf({ format, bitsPerSample }: Metadata): number {
  const bits = format === "heif" ? (bitsPerSample ?? 16) : 16;
  return (2 ** bits - 1) * 2 ** (16 - bits);
}

/** null for sRGB, for grey, and where there is no profile. */
function unusualName(space: string, embedded: Uint8Array | null): string | null {
  if (space === "cmyk" || space === "lab" || space === "labs") return space.replace(/s$/, "").toUpperCase();
  if (embedded === null || grey.test(space)) return null;
  const name = profileName(embedded);
  // "c2" and "c2ci" are small forms of sRGB that some programs embed.
  const isSrgb = name !== null && /srgb|^c2(ci)?$/i.test(name) && !/linear|g10/i.test(name);
  return isSrgb ? null : (name ?? "a profile without a name");
}
