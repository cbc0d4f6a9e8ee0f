// The mean color difference of a picture and the one that 95 % of its pixels stay below: a few wrong places hide in a
// mean. Of a set, the means of both over its images.

import { ciede2000 as difference } from "../color/ciede2000.ts";
import { quantileOfSorted } from "../statistics/quantile.ts";
import { metric } from "./metric.ts";

export const ciede2000 = metric({
  name: "ciede2000",
  description: "color difference CIEDE2000: mean and 95th percentile",
  source: "Sharma, Wu, Dalal 2005; scikit-image deltaE_ciede2000",
  options: {},
  usual: true,
  values: [
    {
      name: "ciede2000",
      better: "lower",
      unit: "ΔE00",
      description: "mean color difference CIEDE2000",
      of: "image",
    },
    {
      name: "ciede2000_p95",
      better: "lower",
      unit: "ΔE00",
      description: "95th percentile of the color difference CIEDE2000 within an image",
      of: "image",
    },
  ],
  open(_settings, { size }) {
    const differences = new Float64Array(size * size);
    return {
      measure(pair) {
        const [x, y] = [pair.realLab(), pair.shownLab()];
        let sum = 0;
        for (let pixel = 0, i = 0; pixel < differences.length; pixel++, i += 3) {
          const found = difference(x[i]!, x[i + 1]!, x[i + 2]!, y[i]!, y[i + 1]!, y[i + 2]!);
          differences[pixel] = found;
          sum += found;
        }
        return [sum / differences.length, quantileOfSorted(differences.sort(), 0.95)];
      },
    };
  },
});
