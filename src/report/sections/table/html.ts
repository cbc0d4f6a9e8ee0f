// Runs as a table that can be sorted and filtered (client.ts); complete without it.

import { badge } from "../../elements.ts";
import { type Html, html } from "../../html.ts";
import { type Measure, measuresOf } from "../../measures.ts";
import { section } from "../../section.ts";
import { type RunTable, runTable, warnings } from "./model.ts";

type Options = {
  /** Columns before the usual ones. */
  readonly measures: readonly Measure[];
};

type Model = { readonly table: RunTable; readonly warnings: readonly string[] };

export const table = section<Model, Options>({
  id: "table",
  title: "What differs, and what came of it",
  model: ({ runs, names }, { measures = [] }) => ({
    table: runTable(runs, names, [...measures, ...measuresOf(runs)]),
    warnings: warnings(runs),
  }),
  html: (model) => html`${model.warnings.map((warning) => html`<p class="soft">${warning}</p>`)}
${!model.table.columns.some(({ kind }) => kind === "setting") && html`<p class="soft">All settings are the same.</p>`}
${tableHtml(model.table)}`,
});

/** "train.optimizer.learning_rate" -> "learning_rate"; two words where one says too little. */
function shortPath(path: string): string {
  const words = path.split(".");
  const last = words.at(-1)!;
  return ["kind", "name", "root", "size", "seed"].includes(last) ? words.slice(-2).join(".") : last;
}

function tableHtml({ columns, rows }: RunTable): Html {
  return html`<div class="bar"><label class="field">Filter <input type="search" data-filter placeholder="adam  batch_size&gt;=32" autocomplete="off" spellcheck="false"></label><span class="soft" data-filter-count aria-live="polite">${rows.length} of ${rows.length} runs</span></div>
<div class="scroll" tabindex="0" role="region" aria-label="Table of runs"><table class="numbers sortable" data-runs-table>
<thead><tr><th scope="col" aria-sort="none"><button type="button" data-sort>run</button></th><th scope="col" aria-sort="none"><button type="button" data-sort>status</button></th>${columns.map(
    ({ name, kind, meaning }) =>
      html`<th scope="col" class="${kind}" aria-sort="none"><button type="button" data-sort title="${[name, meaning].filter(Boolean).join(": ")}">${kind === "setting" ? shortPath(name) : name}</button></th>`,
  )}</tr></thead>
<tbody>${rows.map(
    ({ run, name, status, cells }) => html`
<tr data-run="${run}"><th scope="row"><a href="#about-${run}"><bdi>${name}</bdi></a></th><td>${badge(status)}</td>${cells.map(
      ({ text, key, best }) =>
        html`<td data-key="${String(key)}">${best ? html`<span class="best">${text}<span class="sr"> (best)</span></span>` : html`<bdi>${text}</bdi>`}</td>`,
    )}</tr>`,
  )}
</tbody></table></div>
<p class="soft small">Filter by words, or by columns such as <code>batch_size&gt;=32</code>; it goes for the curves and the pictures as well. A star marks the best value of a column.</p>`;
}
