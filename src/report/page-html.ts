// The whole page in one string. Nothing in it asks the network for anything, and its security policy
// forbids it: only our own style sheet and scripts, named by their hashes, and pictures held in the page.

import { createHash } from "node:crypto";
import type { Blob } from "../store/rows.ts";
import type { PageContent } from "./build-page.ts";
import { type Html, html, raw, scriptJson } from "./html.ts";
import type { HeldPictures, PagePictures } from "./page-data.ts";

export type PageAssets = { readonly style: string; readonly script: string };

export type PageFrame = {
  readonly writtenAt: string;
  /** Said at the foot of the page, such as how pictures were made smaller. */
  readonly notes: readonly string[];
  /** Of a page that `hueristic serve` shows; left out for a file. */
  readonly live?: LiveFrame;
};

/** A page that asks its server for pictures, and for news of its runs. */
export type LiveFrame = {
  /** Address of the stream of events. */
  readonly events: string;
  /** In place of "Hueristic report". */
  readonly mark: Html;
  /** In place of what the foot of a file says. */
  readonly foot: Html;
};

/** `blobs[i]` is the picture `content.hashes[i]`; a live page has none, and asks for them by their hashes. */
export function pageHtml(
  content: PageContent,
  blobs: readonly Blob[],
  assets: PageAssets,
  frame: PageFrame,
): string {
  const { kind, title, badge, lead, sections, data } = content;
  const { live } = frame;
  const pictures: PagePictures = live ? { hashes: content.hashes } : heldPictures(blobs);
  return html`${headHtml(title, assets, live !== undefined)}
<body class="${kind}${content.isLarge && " many"}"${live && html` data-events="${live.events}"`}>
<a class="skip" href="#main">Skip to the content</a>
<div class="spectrum"></div>
${noScript(live !== undefined)}
<header>
  <p class="mark">${live?.mark ?? "Hueristic report"}</p>
  <div class="title"><h1><bdi>${title}</bdi></h1>${badge}</div>
  ${lead}
  ${sections.length > 2 && html`<nav aria-label="Sections"><ol>${sections.map((section) => html`<li><a href="#${section.id}">${section.title}</a></li>`)}</ol></nav>`}
</header>
<main id="main">${sections.map(
    (section) => html`
<section id="${section.id}">
<h2>${section.title}</h2>
${section.body}
</section>`,
  )}
</main>
<footer>${frame.notes.map((note) => html`<p>${note}</p>`)}${live?.foot ?? html`<p>Written ${frame.writtenAt} by Hueristic. This file is complete: it needs no network and no other file.</p>`}</footer>
${content.feet}
<script type="application/json" id="report-data">${scriptJson(data)}</script>
<script type="application/json" id="report-pictures">${scriptJson(pictures)}</script>
<script>${raw(assets.script)}</script>
</body>
</html>
`.html;
}

/** All before the body, of every page. */
export function headHtml(title: string, assets: PageAssets, isLive: boolean): Html {
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${pagePolicy(assets, isLive)}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="generator" content="Hueristic">
<title>${title} – Hueristic</title>
<style>${raw(assets.style)}</style>
</head>`;
}

/** Nothing from elsewhere; of its own server a live page may ask for pictures and news, and send its form there. */
export function pagePolicy({ style, script }: PageAssets, isLive: boolean): string {
  return [
    "default-src 'none'",
    isLive ? "img-src 'self' blob: data:" : "img-src blob: data:",
    `style-src ${hashOf(style)}`,
    `script-src ${hashOf(script)}`,
    ...(isLive ? ["connect-src 'self'"] : []),
    "base-uri 'none'",
    isLive ? "form-action 'self'" : "form-action 'none'",
  ].join("; ");
}

function noScript(isLive: boolean): Html {
  return isLive
    ? html`<noscript><p>Charts, images and news of the runs need this page's script.</p></noscript>`
    : html`<noscript><p>Open this file in a browser: charts and images need its script, which a preview may not run.</p></noscript>`;
}

function heldPictures(blobs: readonly Blob[]): HeldPictures {
  const mimes = [...new Set(blobs.map(({ mime }) => mime))];
  return {
    mimes,
    mime: mimes.length > 1 ? blobs.map(({ mime }) => mimes.indexOf(mime)) : null,
    pictures: blobs.map(({ bytes }) => Buffer.from(bytes).toString("base64")),
  };
}

function hashOf(source: string): string {
  return `'sha256-${createHash("sha256").update(source).digest("base64")}'`;
}
