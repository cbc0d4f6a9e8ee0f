// Zhang's area under the curve: the share of pixels whose ab distance is within a threshold, integrated over thresholds
// from 0 to 150 and divided by 150. The integral is exact: 1 - mean(min(distance, 150)) / 150. So it orders images as
// ab_l2 does; it is here because the literature reports it. Not rebalanced by the rarity of colors.

import { meanAbDistance } from "./ab-l2.ts";
import { imageMetric } from "./metric.ts";

const largestThreshold = 150;

export const auc = imageMetric(
  {
    name: "auc",
    description: "area under the curve of ab distances up to 150 (Zhang 2016)",
    source: "Zhang, Isola, Efros 2016 (raw AuC)",
    better: "higher",
    unit: "share",
    usual: true,
  },
  () => (pair) => 1 - meanAbDistance(pair, largestThreshold) / largestThreshold,
);
