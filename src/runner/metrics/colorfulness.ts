// How colorful the output is, and how that compares with the real picture: below 1 it is too grey, above 1 too vivid.
// The ratio of a set is that of the two means, in which nearly grey pictures do not weigh more than others.

import { colorfulness as colorfulnessOf } from "../../color/colorfulness.ts";
import type { Metric } from "./metric.ts";

export const colorfulness: Metric = {
  source: "Hasler, Suesstrunk 2003",
  values: [
    {
      name: "colorfulness",
      better: "none",
      unit: "M3",
      description: "colorfulness of the output",
      of: "image",
    },
    {
      name: "colorfulness_ratio",
      better: "one",
      unit: "ratio",
      description: "colorfulness of the output by that of the real image",
      of: "image",
    },
  ],
  open() {
    let [sumShown, sumReal] = [0, 0];
    return {
      measure({ real, shown }) {
        const [ofReal, ofShown] = [colorfulnessOf(real), colorfulnessOf(shown)];
        sumReal += ofReal;
        sumShown += ofShown;
        return [ofShown, ofShown / ofReal];
      },
      ofSet([mean]) {
        const ratio = sumShown / sumReal;
        [sumShown, sumReal] = [0, 0];
        return [mean!, ratio];
      },
    };
  },
};
