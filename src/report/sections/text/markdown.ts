// The little of Markdown that a report's text needs: headings, paragraphs, lists, quotes, code, **bold**, *italic*,
// `code` and [links](https://…). HTML in it is text. No images, no tables, no nested lists.

import { escapeHtml, type Html, html, raw } from "../../html.ts";

export function markdownHtml(text: string): Html {
  const blocks: Html[] = [];
  const lines = text.replaceAll("\r\n", "\n").split("\n");
  for (let at = 0; at < lines.length; ) {
    const line = lines[at]!;
    const taken = (matches: (line: string) => boolean) => {
      const from = at;
      while (at < lines.length && matches(lines[at]!)) at++;
      return lines.slice(from, at);
    };
    if (line.trim() === "") at++;
    else if (line.startsWith("```")) {
      at++;
      const code = taken((each) => !each.startsWith("```"));
      at++;
      blocks.push(html`<pre>${code.join("\n")}</pre>`);
    } else if (/^#{1,6} /.test(line)) {
      at++;
      blocks.push(html`<h3>${inline(line.replace(/^#+ /, ""))}</h3>`);
    } else if (/^[-*+] /.test(line))
      blocks.push(html`<ul>${items(taken(isItem(/^[-*+] /)), /^[-*+] /)}</ul>`);
    else if (/^\d+[.)] /.test(line))
      blocks.push(html`<ol>${items(taken(isItem(/^\d+[.)] /)), /^\d+[.)] /)}</ol>`);
    else if (line.startsWith(">")) {
      const quoted = taken((each) => each.startsWith(">")).map((each) => each.replace(/^> ?/, ""));
      blocks.push(html`<blockquote><p>${inline(quoted.join(" "))}</p></blockquote>`);
    } else {
      at++;
      const rest = taken((each) => each.trim() !== "" && !/^(#{1,6} |[-*+] |\d+[.)] |>|```)/.test(each));
      blocks.push(html`<p>${inline([line, ...rest].join(" "))}</p>`);
    }
  }
  return html`${blocks}`;
}

/** Lines that begin one, and indented ones that go on with it. */
function isItem(mark: RegExp): (line: string) => boolean {
  return (line) => mark.test(line) || /^ {2,}\S/.test(line);
}

function items(lines: readonly string[], mark: RegExp): Html[] {
  const texts: string[] = [];
  for (const line of lines)
    if (mark.test(line)) texts.push(line.replace(mark, ""));
    else texts.push(`${texts.pop() ?? ""} ${line.trim()}`);
  return texts.map((text) => html`<li>${inline(text)}</li>`);
}

const inlineMarks = /`([^`]+)`|\*\*([^*]+)\*\*|\*([^*\s][^*]*)\*|\[([^\]]+)\]\((https?:\/\/[^\s()]+)\)/g;

/** Everything is escaped; only the marks above become elements. */
function inline(text: string): Html {
  let markup = "";
  let from = 0;
  for (const match of text.matchAll(inlineMarks)) {
    markup += escapeHtml(text.slice(from, match.index));
    const [whole, code, bold, italic, words, address] = match;
    if (code !== undefined) markup += html`<code>${code}</code>`.html;
    else if (bold !== undefined) markup += html`<strong>${bold}</strong>`.html;
    else if (italic !== undefined) markup += html`<em>${italic}</em>`.html;
    else markup += html`<a href="${address}" rel="noreferrer">${words}</a>`.html;
    from = match.index + whole.length;
  }
  return raw(markup + escapeHtml(text.slice(from)));
}
