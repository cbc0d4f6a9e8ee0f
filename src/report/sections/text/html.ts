// What the author of a definition has to say.

import { html } from "../../html.ts";
import { section } from "../../section.ts";
import { markdownHtml } from "./markdown.ts";

export const text = section<string, { readonly text: string }>({
  id: "text",
  title: "In short",
  model: (_, { text = "" }) => text,
  html: (written) => html`<div class="text">${markdownHtml(written)}</div>`,
});
