// What networks give, as 8-bit pictures that a screen shows.

import { type DisplayImage, labToDisplayRgb } from "./gamut.ts";
import { labToLinear, lumaChromaToLab, lumaScale } from "./lab.ts";
import { byteOfLinear } from "./srgb.ts";

/** Luma [pixels] and chroma [pixels, 2] as a screen shows them. */
export function displayed(luma: Float32Array, chroma: Float32Array): DisplayImage {
  return labToDisplayRgb(lumaChromaToLab(luma, chroma));
}

/** Luma [pixels] as a grey picture: 8-bit sRGB, the three channels alike. */
export function greyPicture(luma: Float32Array): Uint8Array {
  const rgb = new Uint8Array(3 * luma.length);
  const linear = new Float64Array(3);
  for (const [pixel, value] of luma.entries()) {
    labToLinear((value + 1) * lumaScale, 0, 0, linear);
    // The three differ by what the matrices are rounded to; green has most of the light.
    rgb.fill(byteOfLinear(linear[1]!), 3 * pixel, 3 * pixel + 3);
  }
  return rgb;
}

/** [0, 1] -> 0..255, rounded and clipped. */
export function bytesOf(rgb: Float32Array): Uint8Array {
  return Uint8Array.from(rgb, (value) => Math.round(255 * Math.min(1, Math.max(0, value))));
}
