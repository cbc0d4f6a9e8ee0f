// How colorful a picture looks: Hasler and Suesstrunk, Measuring Colorfulness in Natural Images (2003), their M3. 0 is
// grey; by their scale 15 is slightly, 33 moderately, 59 quite and 82 highly colorful. (Whether a picture has any color
// at all, also where it is toned, is asked in src/datasets/inspect/is-greyscale.ts.)

/** 8-bit sRGB, [pixels, 3]; standard deviations as of a whole population. */
export function colorfulness(rgb: Uint8Array): number {
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
