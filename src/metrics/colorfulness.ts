// How colorful the output is, and how that compares with the real picture: below 1 it is too grey, above 1 too vivid.
// The ratio of a set is that of the two means, in which nearly grey pictures do not weigh more than others.

import { metric } from "./metric.ts";

export const colorfulness = metric({
  name: "colorfulness",
  description: "colorfulness (Hasler and Suesstrunk 2003) and its ratio to the real images'",
  source: "Hasler, Suesstrunk 2003",
  options: {},
  usual: true,
  values: [
    {
      name: "colorfulness",
      better: "none",
      unit: "M3",
      description: "colorfulness of the output",
      of: "image",
    },
    {
      name: "colorfulness_ratio",
      better: "one",
      unit: "ratio",
      description: "colorfulness of the output by that of the real image",
      of: "image",
    },
  ],
  open() {
    let [sumShown, sumReal] = [0, 0];
    return {
      measure({ real, shown }) {
        const [ofReal, ofShown] = [colorfulnessOf(real), colorfulnessOf(shown)];
        sumReal += ofReal;
        sumShown += ofShown;
        return [ofShown, ofShown / ofReal];
      },
      ofSet([mean]) {
        const ratio = sumShown / sumReal;
        [sumShown, sumReal] = [0, 0];
        return [mean!, ratio];
      },
    };
  },
});

/**
 * Hasler and Suesstrunk, Measuring Colorfulness in Natural Images (2003), their M3, of 8-bit sRGB [pixels, 3]; standard
 * deviations as of a whole population. 0 is grey; by their scale 15 is slightly, 33 moderately, 59 quite and 82 highly
 * colorful. (Whether a picture has any color at all, also where it is toned, is asked in datasets/inspect/is-greyscale.ts.)
 */
export function colorfulnessOf(rgb: Uint8Array): number {
  const pixels = rgb.length / 3;
  let [sumRg, sumYb, squaresRg, squaresYb] = [0, 0, 0, 0];
  for (let i = 0; i < rgb.length; i += 3) {
    const [r, g, b] = [rgb[i]!, rgb[i + 1]!, rgb[i + 2]!];
    const rg = r - g;
    const yb = (r + g) / 2 - b;
    sumRg += rg;
    sumYb += yb;
    squaresRg += rg * rg;
    squaresYb += yb * yb;
  }
  const [meanRg, meanYb] = [sumRg / pixels, sumYb / pixels];
  // Of whole and half numbers all sums are exact, and so a variance of 0 is 0.
  const varianceRg = squaresRg / pixels - meanRg * meanRg;
  const varianceYb = squaresYb / pixels - meanYb * meanYb;
  return Math.sqrt(Math.max(0, varianceRg + varianceYb)) + 0.3 * Math.hypot(meanRg, meanYb);
}
