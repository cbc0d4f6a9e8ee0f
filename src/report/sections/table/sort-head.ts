import { type Html, html } from "../../html.ts";

/** The head of a column by which client.ts sorts; an extra one is left out on paper. */
export function sortHead(text: string, title: string, isExtra = false): Html {
  return html`<th scope="col" aria-sort="none"${isExtra && html` class="extra"`}><button type="button" data-sort title="${title}">${text}</button></th>`;
}
