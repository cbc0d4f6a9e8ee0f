// Small pieces of markup that several sections have.

import { type Html, html } from "./html.ts";

export type Fact = readonly [term: string, value: string];

export function badge(status: string): Html {
  return html`<span class="badge ${status.toLowerCase()}">${status}</span>`;
}

export function details(summary: string, content: Html): Html {
  return html`<details><summary>${summary}</summary>${content}</details>`;
}

export function facts(pairs: readonly Fact[]): Html {
  return html`<dl class="facts">${pairs.map(([term, value]) => html`<dt>${term}</dt><dd><bdi>${value}</bdi></dd>`)}</dl>`;
}

export function leadHtml(text: string): Html {
  return html`<p class="lead">${text}</p>`;
}

/** Whether a cell holds a word so long that paper has to break it; a number it must not. */
export function hasLongWord(value: string | number | null): boolean {
  return typeof value === "string" && /\S{13}/.test(value) && Number.isNaN(Number(value));
}

/** A table by which nothing is sorted; the first cell of a row is its head. */
export function plainTable(columns: readonly string[], rows: readonly (readonly string[])[]): Html {
  return html`<div class="scroll" tabindex="0"><table class="numbers">
<thead><tr>${columns.map((column) => html`<th scope="col">${column}</th>`)}</tr></thead>
<tbody>${rows.map(([head, ...cells]) => html`<tr><th scope="row"><bdi>${head}</bdi></th>${cells.map((cell) => html`<td${hasLongWord(cell) && html` class="long"`}><bdi>${cell}</bdi></td>`)}</tr>`)}</tbody>
</table></div>`;
}
