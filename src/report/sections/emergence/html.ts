// When which color was learned: by color of one run, or side by side.

import { plainTable } from "../../elements.ts";
import { html } from "../../html.ts";
import { section } from "../../section.ts";
import { emergenceComparison, emergenceTable } from "./model.ts";

export const emergence = section({
  id: "emergence",
  title: "Emergence of color",
  model: ({ runs, names }, { oneRun }: { readonly oneRun?: boolean }) =>
    oneRun ? (runs[0] ? emergenceTable(runs[0]) : null) : emergenceComparison(runs, names),
  html: ({ columns, rows, notes }) => html`${plainTable(columns, rows)}
  <ul class="notes">${notes.map((note) => html`<li>${note}</li>`)}</ul>`,
});
