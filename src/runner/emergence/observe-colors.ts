// The colors of the first unseen images at a sampling epoch, beside the real ones, as values for the store. Output is
// taken as a screen shows it: a chroma that cannot be displayed moves towards grey at its own lightness and hue.

import { bytesOf } from "../../color/displayed.ts";
import { displayableShare } from "../../color/gamut.ts";
import { hueFamilies } from "../../color/hue-families.ts";
import { chromaScale, rgbToLab } from "../../color/lab.ts";
import { emergenceSeries, ofReal } from "../../store/read-emergence.ts";
import type { Evaluated } from "../evaluate.ts";
import { colorBalanceValues } from "../health/color-balance.ts";
import { type ColorCounter, type ColorTally, createColorCounter } from "./color-tally.ts";
import { hueDistance, hueEntropy, paletteUsed } from "./palette.ts";

/** All unseen images where they are fewer. */
export const mostImages = 256;

export type ColorObserver = {
  /** For the evaluator, with every unseen image in order; looks at the first 256. */
  visit(image: Pick<Evaluated, "rgb" | "prediction">, place: number): void;
  /** By the name of the series; empty where there was no image. */
  values(): Readonly<Record<string, number>>;
};

export function createColorObserver(output: "chroma" | "rgb"): ColorObserver {
  const [made, real] = [createColorCounter(), createColorCounter()];
  return {
    visit({ rgb, prediction }, place) {
      if (place >= mostImages) return;
      const lab = rgbToLab(rgb);
      countLab(real, lab);
      if (output === "rgb") countLab(made, rgbToLab(bytesOf(prediction)));
      else countChroma(made, lab, prediction);
    },
    values: () => (real.tally().images === 0 ? {} : colorValues(made.tally(), real.tally())),
  };
}

/** Lab, [pixels, 3]. */
function countLab(counter: ColorCounter, lab: Float32Array): void {
  for (let at = 0; at < lab.length; at += 3) counter.pixel(lab[at]!, lab[at + 1]!, lab[at + 2]!);
  counter.endImage();
}

/** `chroma`, [pixels, 2] as networks give it, shown at the lightness of `lab`. */
function countChroma(counter: ColorCounter, lab: Float32Array, chroma: Float32Array): void {
  const linear = new Float64Array(3);
  for (let pixel = 0; 3 * pixel < lab.length; pixel++) {
    const l = lab[3 * pixel]!;
    const a = chroma[2 * pixel]! * chromaScale;
    const b = chroma[2 * pixel + 1]! * chromaScale;
    const share = displayableShare(l, a, b, linear);
    counter.pixel(l, share * a, share * b);
  }
  counter.endImage();
}

function colorValues(made: ColorTally, real: ColorTally): Readonly<Record<string, number>> {
  const values: Record<string, number> = { [emergenceSeries.images]: real.images };
  hueFamilies.forEach((family, index) => {
    const name = emergenceSeries.share(family);
    values[name] = made.families[index]! / made.pixels;
    values[ofReal(name)] = real.families[index]! / real.pixels;
  });
  values[emergenceSeries.hueEntropy] = hueEntropy(made);
  values[ofReal(emergenceSeries.hueEntropy)] = hueEntropy(real);
  values[emergenceSeries.hueDistance] = hueDistance(made, real);
  values[emergenceSeries.paletteUsed] = paletteUsed(made, real);
  return { ...values, ...colorBalanceValues(made, real) };
}
