// How much of a picture asks for colors that no screen shows, so that it is displayed less saturated than predicted.

import { imageMetric } from "./metric.ts";

export const clipped = imageMetric(
  {
    name: "clipped",
    better: "lower",
    unit: "share",
    description: "share of pixels that lose more than one unit of chroma on a screen",
  },
  "src/color/gamut.ts",
  () =>
    ({ clippedShare }) =>
      clippedShare,
);
