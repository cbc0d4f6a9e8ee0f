// Runs among others: what each is, folded, with what one needs to repeat it.

import { formatTime } from "../../../runs/format/times.ts";
import { plural } from "../../../runs/format/words.ts";
import { badge, facts } from "../../elements.ts";
import { html } from "../../html.ts";
import type { ReportRun } from "../../read-report-runs.ts";
import { statusOf, summarySentence } from "../../run-words.ts";
import { section } from "../../section.ts";
import { reproductionHtml } from "../again/html.ts";
import { reproduction } from "../again/model.ts";
import { provenanceFacts } from "../provenance/model.ts";

/** Beyond so many, runs are not described one by one. */
const mostDescribed = 100;

export const about = section({
  id: "about",
  title: "About the runs",
  model: ({ runs, names }) => (runs.length === 0 ? null : { runs, names }),
  html({ runs, names }) {
    const rest = runs.length - mostDescribed;
    return html`${runs.slice(0, mostDescribed).map((data, at) => runHtml(data, at, names[at]!))}${rest > 0 && html`<p class="soft">and ${rest} more, which <code>hueristic show</code> describes.</p>`}`;
  },
});

function runHtml(data: ReportRun, position: number, name: string) {
  const { description } = data.run.experiment;
  const loud = data.events.filter(({ level }) => level !== "info");
  return html`<details class="about" id="about-${position}"><summary><bdi>${name}</bdi> ${badge(statusOf(data))}${loud.length > 0 && html` <span class="soft">${plural(loud.length, "warning")}</span>`}</summary>
<p>${summarySentence(data)}</p>
${description !== "" && html`<p><bdi>${description}</bdi></p>`}
${data.run.error !== null && html`<pre class="error">${data.run.error}</pre>`}
${loud.length > 0 && html`<ul class="notes">${loud.slice(-200).map(({ at, message }) => html`<li>${formatTime(at)}: <bdi>${message}</bdi></li>`)}</ul>`}
${facts(provenanceFacts(data))}
${reproductionHtml(reproduction(data))}
</details>`;
}
