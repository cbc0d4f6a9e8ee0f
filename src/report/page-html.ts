// The whole page in one string. Nothing in it asks the network for anything, and its security policy
// forbids it: only our own style sheet and scripts, named by their hashes, and pictures held in the page.

import { createHash } from "node:crypto";
import type { Blob } from "../store/rows.ts";
import { html, raw, scriptJson } from "./html.ts";
import type { PageContent } from "./page-content.ts";
import { viewerHtml } from "./viewer-html.ts";

export type PageAssets = { readonly style: string; readonly script: string };

export type PageFrame = {
  readonly writtenAt: string;
  /** Said at the foot of the page, such as how pictures were made smaller. */
  readonly notes: readonly string[];
};

/** `blobs[i]` is the picture `content.hashes[i]`. */
export function pageHtml(
  content: PageContent,
  blobs: readonly Blob[],
  { style, script }: PageAssets,
  frame: PageFrame,
): string {
  const { kind, title, badge, lead, sections, data } = content;
  const policy = [
    "default-src 'none'",
    "img-src blob: data:",
    `style-src ${hashOf(style)}`,
    `script-src ${hashOf(script)}`,
    "base-uri 'none'",
    "form-action 'none'",
  ].join("; ");
  const pictures = blobs.map(({ bytes }) => Buffer.from(bytes).toString("base64"));
  const mimes = new Set(blobs.map(({ mime }) => mime));
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="generator" content="Hueristic">
<title>${title} – Hueristic</title>
<style>${raw(style)}</style>
</head>
<body class="${kind}${content.isLarge && " many"}">
<a class="skip" href="#main">Skip to the content</a>
<div class="spectrum"></div>
<noscript><p>Open this file in a browser: charts and images need its script, which a preview may not run.</p></noscript>
<header>
  <p class="mark">Hueristic report</p>
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
<footer>${frame.notes.map((note) => html`<p>${note}</p>`)}<p>Written ${frame.writtenAt} by Hueristic. This file is complete: it needs no network and no other file.</p></footer>
${content.hashes.length > 0 && viewerHtml()}
<script type="application/json" id="report-data">${scriptJson(data)}</script>
<script type="application/json" id="report-pictures">${scriptJson({ mimes: [...mimes], mime: mimes.size > 1 ? blobs.map(({ mime }) => [...mimes].indexOf(mime)) : null, pictures })}</script>
<script>${raw(script)}</script>
</body>
</html>
`.html;
}

function hashOf(source: string): string {
  return `'sha256-${createHash("sha256").update(source).digest("base64")}'`;
}
