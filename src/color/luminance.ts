// The luminance Y of linear RGB in two color spaces of the white D65, and CIE L of Y.

import { f, relativeFromRgb } from "./lab.ts";

export const srgbLuminanceOfRgb: readonly number[] = relativeFromRgb[1]!;

/** Display P3 (SMPTE EG 432-1 with D65). */
export const p3LuminanceOfRgb: readonly number[] = [0.2289746, 0.6917385, 0.0792869];

const cells = 65536;
const lightness = Float32Array.from({ length: cells + 2 }, (_, cell) => {
  const y = cell / cells;
  return 116 * f(y) - 16;
});

/** Y in [0, 1] -> L in [0, 100], within 1e-4: lines between 65,536 places of the curve. */
export function lightnessOfLuminance(y: number): number {
  const at = Math.min(1, Math.max(0, y)) * cells;
  const cell = Math.floor(at);
  const low = lightness[cell]!;
  return low + (at - cell) * (lightness[cell + 1]! - low);
}
