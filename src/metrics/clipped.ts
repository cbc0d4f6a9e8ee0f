// How much of a picture asks for colors that no screen shows, so that it is displayed less saturated than predicted.

import { imageMetric } from "./metric.ts";

export const clipped = imageMetric(
  {
    name: "clipped",
    description: "share of pixels whose color no screen shows",
    source: "src/color/gamut.ts",
    better: "lower",
    unit: "share",
    usual: true,
  },
  () =>
    ({ clippedShare }) =>
      clippedShare,
);
