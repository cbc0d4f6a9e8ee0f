// Toned and faded originals become neutral grey before they are colored. A tone goes by itself, as only L is kept. A faded
// print has no blacks any more, and its paper has turned yellow: its darkest and lightest L are drawn apart again. Pictures
// that are neither keep their L to the last bit.

import { histogramStep, type Look } from "./look.ts";

/** L of the original -> L of the picture: gain L + offset, within 0..100. */
export type Levels = { readonly gain: number; readonly offset: number };

export const sameLevels: Levels = { gain: 1, offset: 0 };

/** Beyond these shares of the pixels lie scratches, dust and the scanner's border. */
const outside = 0.005;
/** A print whose darkest L is above this has faded, for neutral ones only where nothing else explains it; where it goes. */
const black = { faded: { toned: 12, grey: 20 }, restored: 4 };
/** The same of the lightest, for toned ones: grey pictures without white are dark scenes. */
const white = { faded: 88, restored: 95 };
/** Noise grows with contrast. */
const mostGain = 2;
/** Less than this between both is fog, or a blank sheet. */
const leastRange = 10;

export function levelsOf({ histogram, kind }: Look): Levels {
  if (kind === "color") return sameLevels;
  const [low, high] = [percentile(histogram, outside), percentile(histogram, 1 - outside)];
  if (high - low < leastRange) return sameLevels;
  const toLow = low > black.faded[kind] ? black.restored : low;
  const toHigh = kind === "toned" && high < white.faded ? white.restored : high;
  if (toLow === low && toHigh === high) return sameLevels;
  const gain = Math.min(mostGain, (toHigh - toLow) / (high - low));
  // Where the gain is limited the lightest end keeps its place.
  return { gain, offset: toHigh - gain * high };
}

export function leveled(l: number, { gain, offset }: Levels): number {
  return Math.min(100, Math.max(0, gain * l + offset));
}

function percentile(histogram: Float64Array, share: number): number {
  const total = histogram.reduce((sum, count) => sum + count, 0);
  let sum = 0;
  const at = histogram.findIndex((count) => {
    sum += count;
    return sum >= share * total;
  });
  return Math.max(0, at) * histogramStep;
}
