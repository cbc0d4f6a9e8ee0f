// How much of the colors of real images a network uses: comparisons of two hue-chroma histograms.

import type { ColorTally } from "./color-tally.ts";
import { chromaBins, hueBins } from "./color-tally.ts";

/** A color belongs to the real palette from this share of all pixels on. */
const leastShare = 0.001;
/** And is used where the output has this part of the real share. */
const usedFrom = 0.5;

type Counted = Pick<ColorTally, "pixels" | "histogram">;

/** The share of the real palette (cells of hue and chroma) that the output uses; NaN where real images have no color. */
export function paletteUsed(output: Counted, real: Counted): number {
  let [cells, used] = [0, 0];
  real.histogram.forEach((count, cell) => {
    const share = count / real.pixels;
    if (!(share >= leastShare)) return;
    cells++;
    if (output.histogram[cell]! / output.pixels >= usedFrom * share) used++;
  });
  return used / cells;
}

/** Shannon entropy of the hues of colored pixels, bits: 0 is one hue (or none), log2(36) = 5.17 all alike. */
export function hueEntropy({ histogram }: Counted): number {
  return entropyOf(hueShares(histogram));
}

/**
 * Jensen-Shannon divergence of the hues of colored pixels, bits: 0 where output and real images have the same hues in
 * the same shares, 1 where they have none in common. Lin 1991, "Divergence measures based on the Shannon entropy".
 */
export function hueDistance(output: Counted, real: Counted): number {
  const [p, q] = [hueShares(output.histogram), hueShares(real.histogram)];
  if (p.every((share) => share === 0) || q.every((share) => share === 0)) return 1;
  const middle = p.map((share, hue) => (share + q[hue]!) / 2);
  return Math.max(0, entropyOf(middle) - (entropyOf(p) + entropyOf(q)) / 2);
}

/** Share of each of the 36 hues among the colored pixels; all 0 where there are none. */
function hueShares(histogram: Float64Array): Float64Array {
  const counts = new Float64Array(hueBins);
  histogram.forEach((count, cell) => {
    const hue = Math.floor(cell / chromaBins.length);
    counts[hue] = counts[hue]! + count;
  });
  const total = counts.reduce((sum, count) => sum + count, 0);
  return total === 0 ? counts : counts.map((count) => count / total);
}

function entropyOf(shares: Float64Array): number {
  return shares.reduce((sum, share) => (share > 0 ? sum - share * Math.log2(share) : sum), 0);
}
