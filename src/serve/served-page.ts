// A page as the server sends it: the report's own frame, with the way back and the address of its news.

import type { PageContent } from "../report/build-page.ts";
import { type Html, html } from "../report/html.ts";
import { noData } from "../report/page-data.ts";
import { type PageAssets, pageHtml } from "../report/page-html.ts";

export type ServedPage = {
  readonly content: PageContent;
  /** Address of the stream that says when there is something new. */
  readonly events: string;
  readonly foot: Html;
};

/** `mark` is the state of the store that the page shows; client/live.ts compares it with that of the stream. */
export function servedHtml({ content, events, foot }: ServedPage, mark: string, assets: PageAssets): string {
  const home = content.kind === "index" ? html`Hueristic` : html`<a href="/">← All runs</a>`;
  return pageHtml(content, [], assets, {
    writtenAt: "",
    notes: [],
    live: { events, mark: html`${home}<span class="live" data-live data-mark="${mark}"></span>`, foot },
  });
}

/** A page that only says something. */
export function messageHtml(title: string, message: string, assets: PageAssets): string {
  const content: PageContent = {
    kind: "message",
    title,
    isLarge: false,
    badge: null,
    lead: html`<p class="lead">${message}</p>`,
    sections: [],
    feet: [],
    data: noData,
    hashes: [],
  };
  return servedHtml(
    { content, events: "", foot: html`<p>Shown by <code>hueristic serve</code>.</p>` },
    "",
    assets,
  );
}
