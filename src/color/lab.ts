// sRGB <-> CIE Lab (D65) on plain arrays, equal to scikit-image's rgb2lab and lab2rgb, and the scaling that networks
// see. Images are interleaved: three numbers a pixel. Left out on purpose: scikit-image's clipping of negative Z,
// which concerns colors that no screen shows.

import { byteOfLinear, inverse3x3, linearOfByte, white, xyzFromRgb } from "./srgb.ts";

/** The matrices with the white point folded in: linear RGB <-> XYZ / white. */
export const relativeFromRgb = xyzFromRgb.map((row, index) => row.map((number) => number / white[index]!));
export const rgbFromRelative = inverse3x3(relativeFromRgb);

/** f(t) is the cube root of t above `threshold`, else slope t + intercept. `edge` is where its inverse changes. */
export const curve = { threshold: 0.008856, slope: 7.787, intercept: 16 / 116, edge: 0.2068966 } as const;

/** L / 50 - 1 and ab / 110: luma and, for every displayable color, chroma are in [-1, 1]. */
export const lumaScale = 50;
export const chromaScale = 110;

const [i0, i1, i2, i3, i4, i5, i6, i7, i8] = rgbFromRelative.flat() as Nine;
type Nine = [number, number, number, number, number, number, number, number, number];

/** What L, a and b are made of, out of X, Y or Z relative to the white. */
export function f(t: number): number {
  return t > curve.threshold ? Math.cbrt(t) : curve.slope * t + curve.intercept;
}

function inverseF(t: number): number {
  return t > curve.edge ? t * t * t : (t - curve.intercept) / curve.slope;
}

/** 8-bit sRGB, [pixels, 3] -> L in [0, 100], a and b, [pixels, 3]. */
export function rgbToLab(rgb: Uint8Array | Uint8ClampedArray): Float32Array {
  const lab = new Float32Array(rgb.length);
  // Constants of a function are read faster than those of a module, and this loop is hot.
  const linear = linearOfByte;
  const [m0, m1, m2, m3, m4, m5, m6, m7, m8] = relativeFromRgb.flat() as Nine;
  for (let i = 0; i + 2 < rgb.length; i += 3) {
    const r = linear[rgb[i]!]!;
    const g = linear[rgb[i + 1]!]!;
    const b = linear[rgb[i + 2]!]!;
    const y = f(m3 * r + m4 * g + m5 * b);
    lab[i] = 116 * y - 16;
    lab[i + 1] = 500 * (f(m0 * r + m1 * g + m2 * b) - y);
    lab[i + 2] = 200 * (y - f(m6 * r + m7 * g + m8 * b));
  }
  return lab;
}

/** One color in linear RGB, not clipped, written to `linear`. */
export function labToLinear(l: number, a: number, b: number, linear: Float64Array): void {
  const fy = (l + 16) / 116;
  const x = inverseF(fy + a / 500);
  const y = inverseF(fy);
  const z = inverseF(fy - b / 200);
  linear[0] = i0 * x + i1 * y + i2 * z;
  linear[1] = i3 * x + i4 * y + i5 * z;
  linear[2] = i6 * x + i7 * y + i8 * z;
}

/** Lab, [pixels, 3] -> 8-bit sRGB. What no screen shows is clipped channel by channel, which shifts L and hue. */
export function labToRgb(lab: ArrayLike<number>): Uint8Array {
  const rgb = new Uint8Array(lab.length);
  const linear = new Float64Array(3);
  for (let i = 0; i + 2 < lab.length; i += 3) {
    labToLinear(lab[i]!, lab[i + 1]!, lab[i + 2]!, linear);
    for (let channel = 0; channel < 3; channel++) rgb[i + channel] = byteOfLinear(linear[channel]!);
  }
  return rgb;
}

export type LumaChroma = {
  /** [pixels], L / 50 - 1. */
  readonly luma: Float32Array;
  /** [pixels, 2], a / 110 and b / 110. */
  readonly chroma: Float32Array;
};

/** Lab, [pixels, 3] -> what networks see. */
export function labToLumaChroma(lab: ArrayLike<number>): LumaChroma {
  const pixels = lab.length / 3;
  const luma = new Float32Array(pixels);
  const chroma = new Float32Array(2 * pixels);
  for (let pixel = 0; pixel < pixels; pixel++) {
    luma[pixel] = lab[3 * pixel]! / lumaScale - 1;
    chroma[2 * pixel] = lab[3 * pixel + 1]! / chromaScale;
    chroma[2 * pixel + 1] = lab[3 * pixel + 2]! / chromaScale;
  }
  return { luma, chroma };
}

/** What networks see -> Lab, [pixels, 3]. */
export function lumaChromaToLab(luma: ArrayLike<number>, chroma: ArrayLike<number>): Float32Array {
  const lab = new Float32Array(3 * luma.length);
  for (let pixel = 0; pixel < luma.length; pixel++) {
    lab[3 * pixel] = (luma[pixel]! + 1) * lumaScale;
    lab[3 * pixel + 1] = chroma[2 * pixel]! * chromaScale;
    lab[3 * pixel + 2] = chroma[2 * pixel + 1]! * chromaScale;
  }
  return lab;
}
