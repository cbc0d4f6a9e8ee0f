// What tables have that client.ts sorts and filters.

import { type Html, html } from "../../html.ts";

export type Head = {
  readonly text: string;
  readonly title?: string;
  /** What `list --where` calls the column; left out, or null, only its text is known. */
  readonly field?: string | null;
  /** "extra" is left out on paper. */
  readonly kind?: string | null;
};

export function sortHead({ text, title = text, field = null, kind = null }: Head): Html {
  return html`<th scope="col"${kind !== null && html` class="${kind}"`}${field !== null && html` data-field="${field}"`} aria-sort="none"><button type="button" data-sort title="${title}">${text}</button></th>`;
}

/** A box that filters the rows of the table behind it, and with them what else the page shows of its runs. */
export function filterBar(example: string, said = ""): Html {
  return html`<div class="bar"><label class="field">Filter <input type="search" data-filter placeholder="${example}" autocomplete="off" spellcheck="false"></label><span class="soft" data-filter-count aria-live="polite">${said}</span></div>`;
}
