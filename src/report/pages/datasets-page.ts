// What the images that a network is trained on teach it: trained on, against tested on.

import { runPanels } from "../curve-panels.ts";
import { plural } from "../format.ts";
import { html } from "../html.ts";
import { bestLossOf } from "../measures.ts";
import { comparedData, isLargePage, type PageContent } from "../page-content.ts";
import { pictureNumbers } from "../pictures.ts";
import type { ReportRun } from "../read-report-runs.ts";
import { runGroups, runNames } from "../run-names.ts";
import { runTable } from "../run-table.ts";
import type { Thinning } from "../sample-grid.ts";
import { aboutSection, curvesSection, leadHtml, listed, samplesSection, tableSection } from "../sections.ts";
import { emergenceTimelines } from "../transfer/emergence-timelines.ts";
import { matrixHtml } from "../transfer/matrix-html.ts";
import { transferMatrix } from "../transfer/transfer-matrix.ts";

export function datasetsPage(runs: readonly ReportRun[], thinning: Thinning): PageContent {
  const names = runNames(runs);
  const groups = runGroups(runs, names, (run) => bestLossOf(run) ?? Number.NaN);
  const panels = runPanels(runs, names, groups);
  const pictures = pictureNumbers();
  const matrix = transferMatrix(runs);
  const timelines = emergenceTimelines(runs, names);
  const matrixBody = matrixHtml(matrix, pictures);
  const samples = samplesSection(runs, names, pictures, thinning);
  return {
    kind: "datasets",
    title: `${plural(matrix.trainedOn.length, "training set")} compared`,
    isLarge: isLargePage(runs.length),
    badge: null,
    lead: leadHtml(
      `${plural(runs.length, "run")}, trained on ${plural(matrix.trainedOn.length, "data set")} and tested on ${plural(matrix.testedOn.length, "set")} of unseen images.`,
    ),
    sections: listed([
      { id: "matrix", title: "Trained on, tested on", body: matrixBody },
      timelines && {
        id: "emergence",
        title: "When which color emerges",
        body: html`<p class="soft">A bar begins at the first sampling epoch from which on the output has at least half of a color's real share; a ring is a color that has not come yet. What is not drawn is too rare in the real images to say.</p>${timelines.html}`,
      },
      samples.section,
      curvesSection(panels, groups),
      tableSection(runs, runTable(runs, names)),
      aboutSection(runs, names),
    ]),
    data: { ...comparedData(names, groups, panels), samples: samples.data },
    panels,
    figures: timelines?.figures ?? [],
    hashes: pictures.hashes(),
  };
}
