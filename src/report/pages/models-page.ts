// The study's comparison of models: the same unseen images after the same epochs, with sizes, times and metrics.

import { runPanels } from "../curve-panels.ts";
import { formatCount, formatNumber, plural } from "../format.ts";
import { bestLossOf, epochTime, type Measure, measuresOf } from "../measures.ts";
import { comparedData, isLargePage, type PageContent } from "../page-content.ts";
import { pictureNumbers } from "../pictures.ts";
import type { ReportRun } from "../read-report-runs.ts";
import { runGroups, runNames } from "../run-names.ts";
import { runTable } from "../run-table.ts";
import type { Thinning } from "../sample-grid.ts";
import {
  aboutSection,
  curvesSection,
  emergenceSection,
  leadHtml,
  listed,
  samplesSection,
  tableSection,
} from "../sections.ts";

const parameters: Measure = {
  name: "parameters",
  series: null,
  unit: "",
  better: null,
  value: ({ run }) => run.parameters,
  text: formatCount,
};

const stepTime: Measure = {
  name: "time per step",
  series: null,
  unit: "ms",
  better: "lower",
  value(data) {
    const epoch = epochTime.value(data);
    return epoch === null ? null : (1000 * epoch) / Math.max(1, data.run.stepsPerEpoch);
  },
  text: (value) => `${formatNumber(value)} ms`,
};

export function modelsPage(runs: readonly ReportRun[], thinning: Thinning): PageContent {
  const names = runNames(runs);
  const groups = runGroups(runs, names, (run) => bestLossOf(run) ?? Number.NaN);
  const panels = runPanels(runs, names, groups);
  const pictures = pictureNumbers();
  const common = commonEpoch(runs);
  const samples = samplesSection(runs, names, pictures, thinning, (epochs) => epochs.indexOf(common ?? -1));
  const measures = [parameters, stepTime, ...measuresOf(runs)];
  return {
    kind: "models",
    title: `${plural(runs.length, "model")} compared`,
    isLarge: isLargePage(runs.length),
    badge: null,
    lead: leadHtml(
      common === null
        ? "The runs have no epoch of sample images in common."
        : `The same images, colored by every model after ${plural(common, "epoch")}: the last that all have samples of.`,
    ),
    sections: listed([
      samples.section,
      tableSection(runs, runTable(runs, names, measures)),
      curvesSection(panels, groups),
      emergenceSection(runs, names),
      aboutSection(runs, names),
    ]),
    data: { ...comparedData(names, groups, panels), samples: samples.data },
    panels,
    hashes: pictures.hashes(),
  };
}

/** The greatest epoch at which every run with samples has some; null where there is none. */
export function commonEpoch(runs: readonly ReportRun[]): number | null {
  const sets = runs
    .map(({ images }) => new Set(images.filter(({ kind }) => kind === "colorized").map(({ epoch }) => epoch)))
    .filter(({ size }) => size > 0);
  const [first, ...others] = sets;
  const common = [...(first ?? [])].filter((epoch) => others.every((set) => set.has(epoch)));
  return common.length === 0 ? null : Math.max(...common);
}
