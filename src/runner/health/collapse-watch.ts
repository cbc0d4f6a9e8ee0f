// Says when the colors of the unseen images have collapsed: to grey, to one tint for all images, or to brown. Judged after
// every epoch, whenever samples are drawn, by the series of color-balance.ts.

import { balanceSeries } from "./color-balance.ts";
import { createEpisode } from "./episode.ts";
import type { Values, Warning } from "./warning.ts";

/** Epochs in a row at which colors must be collapsed; epoch 0 does not count, nothing is learned there. */
const epochsInARow = 3;

type Collapse = {
  readonly to: string;
  /** Greater where it is worse; NaN where it cannot be told. */
  badness(values: Values): number;
  /** Collapsed from here on, and recovered below `until`. */
  readonly from: number;
  readonly until: number;
  describe(values: Values): string;
};

const { chromaRatio, spreadRatio, brown, nearGrey } = balanceSeries;
const dull = (values: Values) => values[brown]! + values[nearGrey]!;
const realDull = (values: Values) => values[`${brown}/real`]! + values[`${nearGrey}/real`]!;
const percent = (share: number) => `${(100 * share).toFixed(0)} %`;

/** Where more of the real images is brown or nearly grey, that says nothing against a network. */
const mostRealDull = 0.9;
/** Of all pixels; less is a collapse to grey, which has its own warning. */
const leastBrown = 0.1;

/** Of the real chroma: grey from here on, and no more above the second. */
const [greyFrom, greyUntil] = [0.25, 0.35];

function isBrownish(values: Values): boolean {
  return values[brown]! >= leastBrown && !(values[chromaRatio]! <= greyUntil);
}

const collapses: readonly Collapse[] = [
  {
    to: "grey",
    badness: (values) => -values[chromaRatio]!,
    from: -greyFrom,
    until: -greyUntil,
    describe: (values) => `mean chroma is ${values[chromaRatio]!.toFixed(2)} of the real one`,
  },
  {
    to: "one tint for all images",
    badness: (values) => -values[spreadRatio]!,
    from: -0.15,
    until: -0.25,
    describe: (values) =>
      `the spread of the images' mean colors is ${values[spreadRatio]!.toFixed(2)} of the real one`,
  },
  {
    to: "brown",
    badness: (values) => (realDull(values) <= mostRealDull && isBrownish(values) ? dull(values) : Number.NaN),
    from: 0.97,
    until: 0.94,
    describe: (values) =>
      `${percent(dull(values))} of the pixels are brown or nearly grey, of the real ones ${percent(realDull(values))}`,
  },
];

/** To call after every epoch with its values by series; empty ones are passed over. */
export type EpochWatch = (epoch: number, values: Values) => Warning[];

export function createCollapseWatch(): EpochWatch {
  const watches = collapses.map((collapse) => ({ collapse, hasBegun: createEpisode(epochsInARow) }));
  return (epoch, values) => {
    if (epoch === 0 || values[chromaRatio] === undefined) return [];
    return watches.flatMap(({ collapse: { to, badness, from, until, describe }, hasBegun }) => {
      const bad = badness(values);
      if (!hasBegun(bad >= from, bad >= until)) return [];
      return [
        {
          kind: "colors-collapsed",
          message: `colors have collapsed to ${to}, for ${epochsInARow} epochs up to epoch ${epoch}: ${describe(values)}`,
        },
      ];
    });
  };
}
