// Colors by code points (ITU-T H.273), as PNG's cICP, AVIF's and HEIF's nclx boxes give them. Transfers that stand for
// what a camera did (BT.709 and its kin) are shown with sRGB's curve, as browsers do. High dynamic range has no agreed
// form in sRGB.

import type { Chromaticity, Curve, Primaries } from "./make-profile.ts";

export type CodePoints = { readonly primaries: number; readonly transfer: number };

const d65: Chromaticity = [0.3127, 0.329];
const c: Chromaticity = [0.31, 0.316];

const colors = (
  white: Chromaticity,
  red: Chromaticity,
  green: Chromaticity,
  blue: Chromaticity,
): Primaries => ({ white, red, green, blue });

export const srgbPrimaries = colors(d65, [0.64, 0.33], [0.3, 0.6], [0.15, 0.06]);

const ntsc = colors(d65, [0.63, 0.34], [0.31, 0.595], [0.155, 0.07]);

/** 2 is "unspecified". */
const primariesOf: Readonly<Record<number, Primaries>> = {
  1: srgbPrimaries,
  2: srgbPrimaries,
  4: colors(c, [0.67, 0.33], [0.21, 0.71], [0.14, 0.08]),
  5: colors(d65, [0.64, 0.33], [0.29, 0.6], [0.15, 0.06]),
  6: ntsc,
  7: ntsc,
  8: colors(c, [0.681, 0.319], [0.243, 0.692], [0.145, 0.049]),
  9: colors(d65, [0.708, 0.292], [0.17, 0.797], [0.131, 0.046]),
  11: colors([0.314, 0.351], [0.68, 0.32], [0.265, 0.69], [0.15, 0.06]),
  12: colors(d65, [0.68, 0.32], [0.265, 0.69], [0.15, 0.06]),
  22: colors(d65, [0.63, 0.34], [0.295, 0.605], [0.155, 0.077]),
};

const curveOf: Readonly<Record<number, Curve>> = {
  1: "srgb",
  2: "srgb",
  4: { gamma: 2.2 },
  5: { gamma: 2.8 },
  6: "srgb",
  8: { gamma: 1 },
  13: "srgb",
  14: "srgb",
  15: "srgb",
};

const highDynamicRange: Readonly<Record<number, string>> = { 16: "PQ", 18: "HLG" };

/** null for sRGB. */
export function colorsOfCodePoints({
  primaries,
  transfer,
}: CodePoints):
  | { readonly primaries: Primaries; readonly curve: Curve }
  | { readonly refusal: string }
  | null {
  const range = highDynamicRange[transfer];
  if (range !== undefined)
    return { refusal: `high dynamic range (${range}), which has no agreed form in sRGB` };
  const [found, curve] = [primariesOf[primaries], curveOf[transfer]];
  if (found === undefined || curve === undefined) {
    return { refusal: `colors by unknown code points (primaries ${primaries}, transfer ${transfer})` };
  }
  return found === srgbPrimaries && curve === "srgb" ? null : { primaries: found, curve };
}
