// How colorful the output is beside the real images, in the few numbers that a collapse of colors shows in.

import type { ColorTally } from "../emergence/color-tally.ts";

/** Names of the series; those with "/real" are of the real images. */
export const balanceSeries = {
  /** Mean chroma of the output over that of the real images; NaN where those are grey. */
  chromaRatio: "unseen/color/chroma_ratio",
  /** Spread of the images' mean ab, output over real: 0 where all get the same tint; NaN where the real ones have none. */
  spreadRatio: "unseen/color/spread_ratio",
  brown: "unseen/color/brown",
  nearGrey: "unseen/color/near_grey",
} as const;

/** Real images of less mean chroma are grey: no eye sees it, and a ratio to it says nothing. Units of Lab. */
const leastRealChroma = 1;
/** Less spread of the real images' mean colors is none but rounding. Units of Lab. */
const leastRealSpread = 0.01;

export function colorBalanceValues(output: ColorTally, real: ColorTally): Readonly<Record<string, number>> {
  const { chromaRatio, spreadRatio, brown, nearGrey } = balanceSeries;
  const realChroma = real.chromaSum / real.pixels;
  const isGrey = realChroma < leastRealChroma;
  const hasSpread = !isGrey && spreadOf(real) >= leastRealSpread;
  return {
    [chromaRatio]: isGrey ? Number.NaN : output.chromaSum / output.pixels / realChroma,
    [spreadRatio]: hasSpread ? spreadOf(output) / spreadOf(real) : Number.NaN,
    [brown]: output.brown / output.pixels,
    [`${brown}/real`]: real.brown / real.pixels,
    [nearGrey]: output.nearGrey / output.pixels,
    [`${nearGrey}/real`]: real.nearGrey / real.pixels,
  };
}

/** Root mean square distance of the images' mean ab from their common mean, units of Lab. */
export function spreadOf({ images, meanSums }: Pick<ColorTally, "images" | "meanSums">): number {
  const { a, b, squares } = meanSums;
  return Math.sqrt(Math.max(0, squares / images - (a / images) ** 2 - (b / images) ** 2));
}
