// How far the colors are off in the ab plane of CIE Lab: the mean distance of a pixel. Lightness, which is given, does
// not count.

import type { ImagePair } from "./image-pair.ts";
import { imageMetric } from "./metric.ts";

export const abL2 = imageMetric(
  {
    name: "ab_l2",
    description: "mean distance of a and b of CIE Lab",
    source: "Zhang, Isola, Efros 2016 (L2 distance in ab)",
    better: "lower",
    unit: "Lab",
    usual: true,
  },
  () => (pair) => meanAbDistance(pair, Number.POSITIVE_INFINITY),
);

/** The mean over the pixels of min(distance in ab, most), in units of Lab. */
export function meanAbDistance(pair: ImagePair, most: number): number {
  const [x, y] = [pair.realLab(), pair.shownLab()];
  let sum = 0;
  for (let i = 0; i < x.length; i += 3) {
    const a = x[i + 1]! - y[i + 1]!;
    const b = x[i + 2]! - y[i + 2]!;
    sum += Math.min(most, Math.sqrt(a * a + b * b));
  }
  return (3 * sum) / x.length;
}
