// Pairs of pictures for metrics, without a network in between.

import { rgbToLab } from "../../src/color/lab.ts";
import type { ImagePair } from "../../src/metrics/image-pair.ts";

export function pairOf(real: Uint8Array, shown: Uint8Array, clippedShare = 0): ImagePair {
  const size = Math.sqrt(real.length / 3);
  return { size, real, shown, realLab: () => rgbToLab(real), shownLab: () => rgbToLab(shown), clippedShare };
}
