// When a run learned which colors, out of its logged series alone: a resumed run gives the same answer. The terms stand
// in docs/emergence.md.

import { type HueFamily, hueFamilies } from "../color/hue-families.ts";
import type { Series } from "./rows.ts";

type Points = Pick<Series, "step" | "value">;

/** Of the unseen images that colors are measured on; with "/real" behind it, of the real images. */
export const emergenceSeries = {
  images: "unseen/emergence/images",
  paletteUsed: "unseen/emergence/palette_used",
  hueEntropy: "unseen/emergence/hue_entropy",
  hueDistance: "unseen/emergence/hue_distance",
  share: (family: HueFamily) => `unseen/emergence/${family}`,
} as const;

export function ofReal(series: string): string {
  return `${series}/real`;
}

/** A family that covers less of the real images is not judged. Share of all pixels. */
const leastRealShare = 0.005;
/** A family has emerged where the output has this part of its real share. */
const emergedFrom = 0.5;

export type FamilyEmergence = {
  readonly family: HueFamily;
  /** Shares of all pixels, of the newest epoch looked at. */
  readonly real: number;
  readonly output: number;
  /** Whether the real images have enough of it to judge by. */
  readonly judged: boolean;
  /** The first epoch at which it reaches half of its real share and stays; null where it has not, or is not judged. */
  readonly since: number | null;
};

export type Emergence = {
  /** How many unseen images were looked at. */
  readonly images: number;
  /** The newest epoch looked at. */
  readonly epoch: number;
  readonly paletteUsed: number;
  /** Bits. */
  readonly hueEntropy: number;
  readonly realHueEntropy: number;
  readonly hueDistance: number;
  readonly families: readonly FamilyEmergence[];
};

/** null where the run has not measured colors. `seriesOf` gives a series of the run by its name. */
export function readEmergence(
  seriesOf: (name: string) => Points | undefined,
  stepsPerEpoch: number,
): Emergence | null {
  const images = seriesOf(emergenceSeries.images);
  if (images === undefined) return null;
  const last = (name: string) => seriesOf(name)?.value.at(-1) ?? Number.NaN;
  const epochOf = (step: number) => Math.round(step / stepsPerEpoch);
  return {
    images: images.value.at(-1)!,
    epoch: epochOf(images.step.at(-1)!),
    paletteUsed: last(emergenceSeries.paletteUsed),
    hueEntropy: last(emergenceSeries.hueEntropy),
    realHueEntropy: last(ofReal(emergenceSeries.hueEntropy)),
    hueDistance: last(emergenceSeries.hueDistance),
    families: hueFamilies.flatMap((family) => {
      const name = emergenceSeries.share(family);
      const [output, real] = [seriesOf(name), seriesOf(ofReal(name))];
      if (output === undefined || real === undefined) return [];
      const realShare = real.value.at(-1)!;
      const judged = realShare >= leastRealShare;
      const step = judged ? stayedFrom(output.step, output.value, emergedFrom * realShare) : null;
      return [
        {
          family,
          real: realShare,
          output: output.value.at(-1)!,
          judged,
          since: step === null ? null : epochOf(step),
        },
      ];
    }),
  };
}

/** The first of `steps` after training began from which on no value is below `least`; null where the last one is. */
export function stayedFrom(
  steps: ArrayLike<number>,
  values: ArrayLike<number>,
  least: number,
): number | null {
  let since: number | null = null;
  for (let index = values.length - 1; index >= 0 && values[index]! >= least; index--) {
    // What weights that have learned nothing paint is chance.
    if (steps[index]! > 0) since = steps[index]!;
  }
  return since;
}
