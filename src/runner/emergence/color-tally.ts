// Counts the colors of a set of images, pixel by pixel, into a few arrays: nothing is allocated on the way.

import { familyOf, hueFamilies, hueOf, leastChroma } from "../../color/hue-families.ts";

export const hueBins = 36;
/** Lower borders of the chroma bins; the last one is open. */
export const chromaBins = [leastChroma, 20, 35, 55] as const;

/** What networks that know no better paint: design notes, "GAN health". Degrees and chroma of CIE Lab. */
const brown = { fromHue: 40, toHue: 90, mostChroma: 35 };

export type ColorTally = {
  readonly images: number;
  readonly pixels: number;
  /** Pixels of each of `hueFamilies`. */
  readonly families: Float64Array;
  /** Pixels by hue and chroma, [36, 4], hues of 10 degrees; what is nearly grey is in none. */
  readonly histogram: Float64Array;
  readonly brown: number;
  readonly nearGrey: number;
  /** Sum over all pixels of sqrt(a^2 + b^2). */
  readonly chromaSum: number;
  /** Sums over images of their mean a and b, and of the squares of both. */
  readonly meanSums: { readonly a: number; readonly b: number; readonly squares: number };
};

export type ColorCounter = {
  /** One pixel of the current image, in CIE Lab. */
  pixel(l: number, a: number, b: number): void;
  /** To call behind the last pixel of every image. */
  endImage(): void;
  tally(): ColorTally;
};

export function createColorCounter(): ColorCounter {
  const families = new Float64Array(hueFamilies.length);
  const histogram = new Float64Array(hueBins * chromaBins.length);
  let [images, pixels, brownPixels, nearGrey, chromaSum] = [0, 0, 0, 0, 0];
  let [meansA, meansB, squares] = [0, 0, 0];
  let [pixelsOfImage, sumA, sumB] = [0, 0, 0];
  return {
    pixel(l, a, b) {
      pixelsOfImage++;
      sumA += a;
      sumB += b;
      const chroma = Math.sqrt(a * a + b * b);
      chromaSum += chroma;
      if (!(chroma >= leastChroma)) {
        nearGrey++;
        return;
      }
      const hue = hueOf(a, b);
      const family = familyOf(l, chroma, hue);
      families[family] = families[family]! + 1;
      const bin = Math.floor(hue / (360 / hueBins)) * chromaBins.length + chromaBinOf(chroma);
      histogram[bin] = histogram[bin]! + 1;
      if (hue >= brown.fromHue && hue < brown.toHue && chroma <= brown.mostChroma) brownPixels++;
    },
    endImage() {
      const [a, b] = [sumA / pixelsOfImage, sumB / pixelsOfImage];
      meansA += a;
      meansB += b;
      squares += a * a + b * b;
      images++;
      pixels += pixelsOfImage;
      [pixelsOfImage, sumA, sumB] = [0, 0, 0];
    },
    tally: () => ({
      images,
      pixels,
      families,
      histogram,
      brown: brownPixels,
      nearGrey,
      chromaSum,
      meanSums: { a: meansA, b: meansB, squares },
    }),
  };
}

function chromaBinOf(chroma: number): number {
  let bin = chromaBins.length - 1;
  while (bin > 0 && chroma < chromaBins[bin]!) bin--;
  return bin;
}
