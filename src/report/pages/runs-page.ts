// Several runs side by side.

import { runPanels } from "../curve-panels.ts";
import { plural } from "../format.ts";
import { bestLossOf } from "../measures.ts";
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

export function runsPage(runs: readonly ReportRun[], thinning: Thinning): PageContent {
  const names = runNames(runs);
  const groups = runGroups(runs, names, (run) => bestLossOf(run) ?? Number.NaN);
  const panels = runPanels(runs, names, groups);
  const pictures = pictureNumbers();
  const samples = samplesSection(runs, names, pictures, thinning);
  return {
    kind: "runs",
    title: `${plural(runs.length, "run")} compared`,
    isLarge: isLargePage(runs.length),
    badge: null,
    lead: leadHtml(leadOf(runs, groups.length)),
    sections: listed([
      curvesSection(panels, groups),
      tableSection(runs, runTable(runs, names)),
      samples.section,
      emergenceSection(runs, names),
      aboutSection(runs, names),
    ]),
    data: { ...comparedData(names, groups, panels), samples: samples.data },
    panels,
    hashes: pictures.hashes(),
  };
}

function leadOf(runs: readonly ReportRun[], groups: number): string {
  const models = new Set(runs.map(({ run }) => run.experiment.model.kind));
  const datasets = new Set(runs.map(({ run }) => run.datasetFingerprint));
  const finished = runs.filter(({ run }) => run.status === "FINISHED").length;
  const seeds = groups < runs.length ? `, ${plural(groups, "configuration")} with one or more seeds` : "";
  return `${[...models].join(", ")} on ${plural(datasets.size, "set")} of images${seeds}; ${finished} of ${runs.length} finished.`;
}
