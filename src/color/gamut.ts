// Lab to a screen without touching the drawing. Most of the ab square is not displayable at a given L; clipping RGB
// would change L by up to 6. A color outside moves towards grey, at its own L and hue, until a screen can show it.

import { labToLinear } from "./lab.ts";
import { byteOfLinear } from "./srgb.ts";

export type DisplayImage = {
  /** 8-bit sRGB, [pixels, 3]. */
  readonly rgb: Uint8Array;
  /** Share of the pixels that had to lose more than one unit of chroma, sqrt(a^2 + b^2). */
  readonly clippedShare: number;
};

/** Rounding errors of float32 Lab, in linear light; cutting them off moves L by less than 0.001. */
export const gamutTolerance = 1e-6;

/** Losing less chroma than this, in units of Lab, is not seen and does not count as clipped. */
const noticeable = 1;

function displayable(linear: Float64Array): boolean {
  const r = linear[0]!;
  const g = linear[1]!;
  const b = linear[2]!;
  return Math.min(r, g, b) >= -gamutTolerance && Math.max(r, g, b) <= 1 + gamutTolerance;
}

/** The share of its saturation that a color can keep, to 1/4096. `linear` then holds that color in linear RGB. */
export function displayableShare(l: number, a: number, b: number, linear: Float64Array): number {
  labToLinear(l, a, b, linear);
  if (displayable(linear)) return 1;
  let share = 0;
  for (let step = 0.5; step >= 1 / 4096; step /= 2) {
    labToLinear(l, (share + step) * a, (share + step) * b, linear);
    if (displayable(linear)) share += step;
  }
  labToLinear(l, share * a, share * b, linear);
  return share;
}

/** Lab, [pixels, 3] -> 8-bit sRGB of the same L (limited to 0..100) and hue, less saturated where it has to be. */
export function labToDisplayRgb(lab: ArrayLike<number>): DisplayImage {
  const rgb = new Uint8Array(lab.length);
  const linear = new Float64Array(3);
  let clipped = 0;
  for (let i = 0; i + 2 < lab.length; i += 3) {
    const l = Math.min(Math.max(lab[i]!, 0), 100);
    const a = lab[i + 1]!;
    const b = lab[i + 2]!;
    const share = displayableShare(l, a, b, linear);
    if (share < 1 && (1 - share) * Math.hypot(a, b) > noticeable) clipped++;
    for (let channel = 0; channel < 3; channel++) rgb[i + channel] = byteOfLinear(linear[channel]!);
  }
  return { rgb, clippedShare: lab.length === 0 ? 0 : clipped / (lab.length / 3) };
}
