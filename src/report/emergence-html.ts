import type { EmergenceTable } from "./emergence-model.ts";
import { type Html, html } from "./html.ts";

/** The table and its notes. */
export function emergenceHtml({ columns, rows, notes }: EmergenceTable): Html {
  return html`<div class="scroll" tabindex="0"><table class="numbers">
<thead><tr>${columns.map((column) => html`<th scope="col">${column}</th>`)}</tr></thead>
<tbody>${rows.map(([name, ...cells]) => html`<tr><th scope="row"><bdi>${name}</bdi></th>${cells.map((cell) => html`<td>${cell}</td>`)}</tr>`)}</tbody>
</table></div>
  <ul class="notes">${notes.map((note) => html`<li>${note}</li>`)}</ul>`;
}
