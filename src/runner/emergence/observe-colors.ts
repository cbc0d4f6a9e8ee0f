// The colors of the first unseen images after an epoch, beside the real ones, as values for the store. Output is taken as
// the 8-bit picture that a screen shows and the store keeps, whatever the network gives; real images are such pictures too.

import { bytesOf, displayed } from "../../color/displayed.ts";
import { hueFamilies } from "../../color/hue-families.ts";
import { labToLumaChroma, rgbToLab } from "../../color/lab.ts";
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

/** An observer for every pass over the same images: the real ones, which do not change, are counted in the first alone. */
export function createColorObservers(output: "chroma" | "rgb"): () => ColorObserver {
  let known: ColorTally | null = null;
  return () => {
    const observer = createColorObserver(output, known);
    return {
      visit: observer.visit,
      values() {
        known = observer.real();
        return observer.values();
      },
    };
  };
}

function createColorObserver(output: "chroma" | "rgb", knownReal: ColorTally | null) {
  const [made, real] = [createColorCounter(), createColorCounter()];
  const tallyOfReal = () => knownReal ?? real.tally();
  return {
    visit({ rgb, prediction }: Pick<Evaluated, "rgb" | "prediction">, place: number): void {
      if (place >= mostImages) return;
      const lab = knownReal === null || output === "chroma" ? rgbToLab(rgb) : null;
      if (knownReal === null) countLab(real, lab!);
      const shown =
        output === "rgb" ? bytesOf(prediction) : displayed(labToLumaChroma(lab!).luma, prediction).rgb;
      countLab(made, rgbToLab(shown));
    },
    values: () => (tallyOfReal().images === 0 ? {} : colorValues(made.tally(), tallyOfReal())),
    real: tallyOfReal,
  };
}

/** Lab, [pixels, 3]. */
function countLab(counter: ColorCounter, lab: Float32Array): void {
  for (let at = 0; at < lab.length; at += 3) counter.pixel(lab[at]!, lab[at + 1]!, lab[at + 2]!);
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
