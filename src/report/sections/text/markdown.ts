// Markdown of a report's text, by markdown-it. HTML in it is text; links lead to the web or a mailbox and to nowhere else;
// a picture is a link to it, since a page loads nothing.

import MarkdownIt from "markdown-it";
import { type Html, raw } from "../../html.ts";

const markdown = new MarkdownIt({ html: false }).disable("image");

markdown.validateLink = (address) => /^(https?|mailto):/i.test(address);

markdown.core.ruler.push("page", ({ tokens }) => {
  for (const token of tokens) {
    // Sections of the page are h2.
    if (token.type === "heading_open" || token.type === "heading_close") token.tag = "h3";
    for (const child of token.children ?? [])
      if (child.type === "link_open") child.attrSet("rel", "noreferrer");
  }
});

export function markdownHtml(text: string): Html {
  return raw(markdown.render(text));
}
