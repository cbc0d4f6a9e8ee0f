// The comparison on top of a report of several runs.

import { chartHtml } from "./chart-html.ts";
import type { ComparisonModel } from "./comparison-model.ts";
import { emergenceHtml } from "./emergence-html.ts";
import { type Html, html } from "./html.ts";
import { badge } from "./run-html.ts";

export function comparisonHtml(comparison: ComparisonModel): Html {
  const { chart, settings, results, rows, emergence, warnings } = comparison;
  return html`
<section id="comparison">
  <h2>Side by side</h2>
  ${warnings.map((warning) => html`<p class="soft">${warning}</p>`)}
  ${chart && html`<h3>Loss</h3>${chartHtml(chart)}`}
  <h3>What differs, and what came of it</h3>
  ${settings.length === 0 && html`<p class="soft">All settings are the same.</p>`}
  <div class="scroll" tabindex="0"><table class="numbers">
<thead><tr><th scope="col">run</th><th scope="col">status</th>${[...settings, ...results].map((column) => html`<th scope="col">${column}</th>`)}</tr></thead>
<tbody>${rows.map(
    (row) => html`
<tr><th scope="row"><a href="#${row.id}"><bdi>${row.name}</bdi></a></th><td>${badge(row.status)}</td>${row.settings.map((setting) => html`<td><bdi>${setting}</bdi></td>`)}${row.results.map(({ text, best }) => (best ? html`<td><span class="best">${text}<span class="sr"> (best)</span></span></td>` : html`<td>${text}</td>`))}</tr>`,
  )}
</tbody></table></div>
  ${emergence && emergenceHtml(emergence)}
</section>`;
}
