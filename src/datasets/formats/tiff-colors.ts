// Which samples of a TIFF are its colors, and in what form. libvips takes every fourth sample for transparency,
// YCbCr for RGB, and floating-point numbers for light; what it would show wrong is read as numbers or left out.

import type { ToRgb } from "./numbers.ts";
import { tiffTags } from "./tiff-tags.ts";

export type TiffColors = {
  /** Places of the samples that are colors. */
  readonly bands: readonly number[];
  readonly alpha: number | null;
  readonly isFloat: boolean;
  readonly toRgb: ToRgb | null;
  /** Whether sharp reads it so by itself. */
  readonly isPlain: boolean;
};

const [minIsWhite, minIsBlack, rgb, palette, separated, yCbCr, cielab] = [0, 1, 2, 3, 5, 6, 8];
const colorBands: Readonly<Record<number, number>> = {
  [minIsWhite]: 1,
  [minIsBlack]: 1,
  [rgb]: 3,
  [palette]: 1,
  [separated]: 4,
  [yCbCr]: 3,
  [cielab]: 3,
};
const foreign: Readonly<Record<number, string>> = {
  4: "a mask",
  9: "ICCLAB",
  10: "ITULAB",
  32803: "a sensor's raw numbers",
  32844: "LogL",
  32845: "LogLuv",
  34892: "a sensor's raw numbers",
};
const bt601 = [0.299, 0.587, 0.114];

/** null where it is no TIFF, or does not say what it holds. */
export function tiffColors(bytes: Buffer): TiffColors | { readonly refusal: string } | null {
  const tags = tiffTags(bytes);
  const photometric = tags?.get(262)?.[0];
  if (!tags || photometric === undefined) return null;
  const samples = tags.get(277)?.[0] ?? 1;
  const bits = tags.get(258) ?? [1];
  const depth = bits[0]!;
  const format = tags.get(339)?.[0] ?? 1;
  const extra = tags.get(338) ?? [];
  const refusal = (what: string) => ({ refusal: `TIFF ${what}` });

  const colors = colorBands[photometric];
  if (colors === undefined) return refusal(`in ${foreign[photometric] ?? `unknown colors (${photometric})`}`);
  if ((photometric === minIsWhite || photometric === minIsBlack) && samples > 2) {
    return refusal(`with ${samples} bands and no word on their colors`);
  }
  if (photometric === separated && ((tags.get(332)?.[0] ?? 1) !== 1 || samples < 4)) {
    return refusal("in inks other than CMYK");
  }
  if (photometric === cielab && depth < 16) return refusal("in CIELAB of 8 bits");
  const isFloat = format === 3 && photometric !== cielab;
  if (bits.some((each) => each !== depth) || !(isFloat ? [16, 32] : [1, 2, 4, 8, 16, 32]).includes(depth)) {
    return refusal(`with samples of ${bits.join(", ")} bits`);
  }
  if (photometric !== cielab && !isFloat && (format !== 1 || depth === 32)) {
    return refusal(`with ${format === 1 ? "32-bit" : "signed"} samples, whose range nobody tells`);
  }

  const place = extra.findIndex((each) => each === 1 || each === 2);
  const isUnsaid = extra.length === 0 && samples === colors + 1;
  const isOpaque = photometric === separated || (place < 0 && !isUnsaid);
  const alpha = isOpaque ? null : isUnsaid ? colors : colors + place;
  const isPlain = samples === colors || (samples === colors + 1 && alpha !== null);
  const read = { bands: Array.from({ length: colors }, (_, index) => index), alpha, isFloat };
  const compression = tags.get(259)?.[0] ?? uncompressed;
  if (photometric !== yCbCr || compression === 6 || compression === 7)
    return { ...read, toRgb: null, isPlain };
  const subsampling = tags.get(530) ?? [2, 2];
  if (subsampling.some((each) => each !== 1) || depth !== 8) {
    return refusal("in YCbCr with fewer color samples, not as JPEG");
  }
  const toRgb = fromYCbCr(tags.get(529) ?? bt601, tags.get(532) ?? [0, 255, 128, 255, 128, 255]);
  return { ...read, toRgb, isPlain: false };
}

const uncompressed = 1;
const checksPixels = new Set([uncompressed, 5, 8, 32773, 32946, 34925, 50000]); // LZW, Deflate, PackBits, LZMA, Zstandard

/** Whether all warnings about it are about its tags: libtiff reports damage inside JPEG and fax as a warning too. */
export function warnsOfTagsAlone(bytes: Buffer): boolean {
  return checksPixels.has(tiffTags(bytes)?.get(259)?.[0] ?? uncompressed) && tiffColors(bytes) !== null;
}

/** By TIFF 6.0, section 20: what the reference says is black and white, then the luma's coefficients. */
function fromYCbCr(luma: readonly number[], reference: readonly number[]): ToRgb {
  const [kr, kg, kb] = luma as [number, number, number];
  const [black, white, cbZero, cbMost, crZero, crMost] = reference as [
    number,
    number,
    number,
    number,
    number,
    number,
  ];
  return (y, cb, cr) => {
    const light = ((y - black) * 255) / (white - black);
    const red = light + ((cr - crZero) * 127 * (2 - 2 * kr)) / (crMost - crZero);
    const blue = light + ((cb - cbZero) * 127 * (2 - 2 * kb)) / (cbMost - cbZero);
    return [red, (light - kr * red - kb * blue) / kg, blue];
  };
}
