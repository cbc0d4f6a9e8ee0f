// The frame of a page that is no report: one column, a heading, what it is about. It needs no other file, and its security
// policy forbids all else, as that of a report.

import { type Html, html, raw, scriptJson } from "./html.ts";
import { headHtml, type PageAssets } from "./page-html.ts";

export type SinglePage = {
  /** Above the title, such as "Hueristic colorize". */
  readonly mark: string;
  readonly title: string;
  readonly lead: Html;
  readonly main: Html;
  readonly foot: Html;
  /** For its script; left out for none. */
  readonly data?: unknown;
  /** Whether it is served and may ask its server; left out for a file. */
  readonly isLive?: boolean;
};

export function singlePageHtml(page: SinglePage, assets: PageAssets): string {
  const { mark, title, lead, main, foot, data, isLive = false } = page;
  return html`${headHtml(title, assets, isLive)}
<body>
<div class="spectrum"></div>
<header>
  <p class="mark">${mark}</p>
  <div class="title"><h1><bdi>${title}</bdi></h1></div>
  ${lead}
</header>
<main id="main">${main}</main>
<footer>${foot}</footer>
${data !== undefined && html`<script type="application/json" id="page-data">${scriptJson(data)}</script>`}
${assets.script !== "" && html`<script>${raw(assets.script)}</script>`}
</body>
</html>
`.html;
}
