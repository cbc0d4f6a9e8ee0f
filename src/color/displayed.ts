// What networks give, as 8-bit pictures that a screen shows.

import { type DisplayImage, labToDisplayRgb } from "./gamut.ts";
import { lumaChromaToLab } from "./lab.ts";

/** Luma [pixels] and chroma [pixels, 2] as a screen shows them. */
export function displayed(luma: Float32Array, chroma: Float32Array): DisplayImage {
  return labToDisplayRgb(lumaChromaToLab(luma, chroma));
}

/** [0, 1] -> 0..255, rounded and clipped. */
export function bytesOf(rgb: Float32Array): Uint8Array {
  return Uint8Array.from(rgb, (value) => Math.round(255 * Math.min(1, Math.max(0, value))));
}
