// Whether what differs is more than chance: sentences, and a table of all comparisons.

import { plainTable } from "../../elements.ts";
import { type Html, html } from "../../html.ts";
import { section } from "../../section.ts";
import { type Differences, differences as differencesOf } from "./model.ts";
import { differenceCells, differenceColumns, differenceNotes, mainSentences } from "./words.ts";

export const differences = section({
  id: "differences",
  title: "More than chance?",
  model: differencesOf,
  html: differencesHtml,
});

export function differencesHtml(model: Differences): Html {
  return html`${
    model.found.length > 0 &&
    html`<ul>${mainSentences(model).map((sentence) => html`<li><bdi>${sentence}</bdi></li>`)}</ul>
${plainTable(differenceColumns, model.found.map(differenceCells))}`
  }
${differenceNotes(model).map((note) => html`<p class="soft small">${note}</p>`)}`;
}
