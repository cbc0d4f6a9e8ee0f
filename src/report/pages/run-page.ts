// Everything about one run.

import { singleRunPanels } from "../curve-panels.ts";
import { emergenceHtml } from "../emergence-html.ts";
import { html } from "../html.ts";
import { numberPool } from "../numbers.ts";
import { groupData, type PageContent, panelData, type Section } from "../page-content.ts";
import { panelsHtml } from "../panel-html.ts";
import { pictureNumbers } from "../pictures.ts";
import type { ReportRun } from "../read-report-runs.ts";
import { badge, epochTableHtml, eventsHtml, provenanceHtml, recipeHtml } from "../run-html.ts";
import { runModel } from "../run-model.ts";
import type { Thinning } from "../sample-grid.ts";
import { epochsGridHtml } from "../sample-grid-html.ts";
import { leadHtml, listed, samplesSection } from "../sections.ts";

export function runPage(data: ReportRun, thinning: Thinning): PageContent {
  const model = runModel(data);
  const { loss, gan, system, others } = singleRunPanels(data);
  const pictures = pictureNumbers();
  const numbers = numberPool();
  const samples = samplesSection([data], [model.title], pictures, thinning);
  const epochs = epochsGridHtml(samples.samples, pictures);
  const shown = [...loss, ...others];
  const charts = (id: string, title: string, panels: typeof loss, note: string): Section | null =>
    panels.length === 0
      ? null
      : {
          id,
          title,
          body: html`<p class="soft">${note}</p>${panelsHtml(panels, { shown: panels.length, smoothing: 0.4 }, null)}`,
        };
  const panels = [...loss, ...gan, ...system, ...others];
  return {
    kind: "run",
    title: model.title,
    isLarge: false,
    badge: badge(model.status),
    lead: html`${leadHtml(model.summary)}${model.trial !== null && html`<p><bdi>${model.trial}.</bdi></p>`}${model.description !== "" && html`<p><bdi>${model.description}</bdi></p>`}${model.error !== null && html`<pre class="error">${model.error}</pre>`}`,
    sections: listed([
      {
        id: "curves",
        title: "Curves",
        body: html`${shown.length > 0 ? panelsHtml(shown, { shown: Math.max(1, Math.min(2, shown.length)), smoothing: 0.4 }, null) : html`<p class="soft">No loss was logged.</p>`}${model.epochTable.rows.length > 0 && epochTableHtml(model.epochTable)}`,
      },
      charts(
        "health",
        "Health of the GAN",
        gan,
        "A score near 0.5 is a fair game; a discriminator near 1 has won, and the generator learns little from it.",
      ),
      { ...samples.section, body: html`${samples.section.body}${epochs}` },
      model.emergence && {
        id: "emergence",
        title: "Emergence of color",
        body: emergenceHtml(model.emergence),
      },
      charts("system", "System", system, `${data.run.device}, ${data.run.provenance.cpu}.`),
      model.events.length > 0 && { id: "events", title: "Events", body: eventsHtml(model) },
      { id: "provenance", title: "Data and provenance", body: provenanceHtml(model) },
      { id: "again", title: "Do it again", body: recipeHtml(model) },
    ]),
    data: {
      runs: [model.title],
      groups: groupData([]),
      panels: panelData(panels, numbers),
      mixedPanels: true,
      numbers: numbers.entries(),
      samples: samples.data,
    },
    panels,
    hashes: pictures.hashes(),
  };
}
