// Runs as a table that can be sorted and filtered (client.ts); complete without it.

import { badge, hasLongWord } from "../../elements.ts";
import { type Html, html } from "../../html.ts";
import { type Measure, measuresOf } from "../../measures.ts";
import { section } from "../../section.ts";
import { type RunTable, runTable, warnings } from "./model.ts";
import { filterBar, sortHead } from "./sortable.ts";

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
  const heads = [
    sortHead({ text: "run", field: "name" }),
    sortHead({ text: "status", field: "status" }),
    ...columns.map(({ name, field, kind, meaning }) =>
      sortHead({
        text: kind === "setting" ? shortPath(name) : name,
        title: [name, meaning].filter(Boolean).join(": "),
        field,
        kind,
      }),
    ),
  ];
  return html`${filterBar("adam  batch_size>=32", `${rows.length} of ${rows.length} runs`)}
<div class="scroll" tabindex="0" role="region" aria-label="Table of runs"><table class="numbers sortable" data-runs-table>
<thead><tr>${heads}</tr></thead>
<tbody>${rows.map(
    ({ run, name, status, cells }) => html`
<tr data-run="${run}"><th scope="row"><a href="#about-${run}"><bdi>${name}</bdi></a></th><td>${badge(status)}</td>${cells.map(
      ({ text, key, best }) =>
        html`<td${hasLongWord(key) && html` class="long"`} data-key="${String(key)}">${best ? html`<span class="best">${text}<span class="sr"> (best)</span></span>` : html`<bdi>${text}</bdi>`}</td>`,
    )}</tr>`,
  )}
</tbody></table></div>
<p class="soft small">Filter by words, or by columns as in <code>hueristic list --where</code>, such as <code>batch_size &gt;= 32 and status = FINISHED</code>; it goes for the curves and the pictures as well. A star marks the best value of a column.</p>`;
}
