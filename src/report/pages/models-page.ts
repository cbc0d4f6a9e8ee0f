// The study's comparison of models: the same unseen images after the same epochs, with sizes, times and metrics.

import { formatCount, formatNumber } from "../../runs/format/numbers.ts";
import { plural } from "../../runs/format/words.ts";
import { leadHtml } from "../elements.ts";
import { epochTime, type Measure, plainMeasure } from "../measures.ts";
import type { ReportRun } from "../read-report-runs.ts";
import { about } from "../sections/about/html.ts";
import { curves } from "../sections/curves/html.ts";
import { differences } from "../sections/differences/html.ts";
import { emergence } from "../sections/emergence/html.ts";
import { judged } from "../sections/judged/html.ts";
import { samples } from "../sections/samples/html.ts";
import { table } from "../sections/table/html.ts";
import type { Page } from "./page.ts";

const parameters: Measure = {
  ...plainMeasure,
  name: "parameters",
  field: "parameters",
  value: ({ run }) => run.parameters,
  text: formatCount,
};

const stepTime: Measure = {
  ...epochTime,
  name: "time per step",
  unit: "ms",
  value(data) {
    const epoch = epochTime.value(data);
    return epoch === null ? null : (1000 * epoch) / Math.max(1, data.run.stepsPerEpoch);
  },
  text: (value) => `${formatNumber(value)} ms`,
};

export const modelsPage: Page = {
  kind: "models",
  heading({ runs }) {
    const common = commonEpoch(runs);
    return {
      title: `${plural(runs.length, "model")} compared`,
      lead: leadHtml(
        common === null
          ? "The runs have no epoch of sample images in common."
          : `The same images, colored by every model after ${plural(common, "epoch")}: the last that all have samples of.`,
      ),
    };
  },
  sections: () => [
    samples({ startEpoch: ({ runs }) => commonEpoch(runs) ?? 0 }),
    judged(),
    table({ measures: [parameters, stepTime] }),
    differences(),
    curves(),
    emergence(),
    about(),
  ],
};

/** The greatest epoch at which every run with samples has some; null where there is none. */
function commonEpoch(runs: readonly ReportRun[]): number | null {
  const sets = runs
    .map(({ images }) => new Set(images.filter(({ kind }) => kind === "colorized").map(({ epoch }) => epoch)))
    .filter(({ size }) => size > 0);
  const [first, ...others] = sets;
  const common = [...(first ?? [])].filter((epoch) => others.every((set) => set.has(epoch)));
  return common.length === 0 ? null : Math.max(...common);
}
