// The whole page in one string. Nothing in it asks the network for anything, and its security policy
// forbids it: only our own style sheet and scripts, named by their hashes, and pictures held in the page.

import { createHash } from "node:crypto";
import { chartConfig } from "./chart-config.ts";
import { comparisonHtml } from "./comparison-html.ts";
import { html, raw, scriptJson } from "./html.ts";
import { chartsOf, type ReportModel } from "./report-model.ts";
import { runHtml } from "./run-html.ts";

export type PageAssets = {
  readonly style: string;
  readonly script: string;
  /** Source of Chart.js; not in a page without charts. */
  readonly chartLibrary: string;
};

/** Beyond this many runs, sections are laid out by the browser only when they are near. */
const manyRuns = 6;

/** `blobs[i]` is the data URI of `model.hashes[i]`. */
export function reportHtml(model: ReportModel, blobs: readonly string[], assets: PageAssets): string {
  const charts = chartsOf(model);
  const scripts = [...(charts.length > 0 ? [assets.chartLibrary] : []), assets.script];
  const numbers = new Map(model.hashes.map((hash, index) => [hash, index]));
  const configs = Object.fromEntries(
    charts.map((chart) => {
      const config = chartConfig(chart);
      return [chart.id, { config, max: config.options.scales.y.max ?? null }];
    }),
  );
  const several = model.runs.length > 1;
  const policy = [
    "default-src 'none'",
    "img-src data:",
    `style-src ${hashOf(assets.style)}`,
    `script-src ${scripts.map(hashOf).join(" ")}`,
    "base-uri 'none'",
    "form-action 'none'",
  ].join("; ");
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="generator" content="Hueristic">
<title>${model.title} – Hueristic</title>
<style>${raw(assets.style)}</style>
</head>
<body${model.runs.length > manyRuns && raw(' class="many"')}>
<div class="spectrum"></div>
<noscript><p>Open this file in a browser: charts and images need its script, which a preview may not run.</p></noscript>
<header>
  <p class="mark">Hueristic report</p>
  ${
    several &&
    html`<h1>${model.title}</h1>
  <nav aria-label="Runs"><ol>${model.runs.map(({ id }, index) => html`<li><a href="#${id}"><bdi>${model.comparison!.rows[index]!.name}</bdi></a></li>`)}</ol></nav>`
  }
</header>
<main>${model.comparison && comparisonHtml(model.comparison)}${model.runs.map((run) => runHtml(run, numbers, several ? "h2" : "h1"))}
</main>
<footer>Written ${model.writtenAt} by Hueristic. This file is complete: it needs no network and no other file.</footer>
<dialog id="viewer" aria-labelledby="viewer-name">
  <div class="viewer-head"><div aria-live="polite"><p class="viewer-name" id="viewer-name"><bdi data-viewer-name></bdi></p><p class="soft" data-viewer-place></p></div><button type="button" data-close>Close</button></div>
  <div class="viewer-images">${[0, 1, 2].map(() => html`<figure><img alt=""><figcaption></figcaption></figure>`)}</div>
  <div class="walk"><button type="button" data-walk="ArrowLeft">← Image</button><button type="button" data-walk="ArrowRight">Image →</button><button type="button" data-walk="ArrowUp">↑ Earlier</button><button type="button" data-walk="ArrowDown">Later ↓</button></div>
</dialog>
<script type="application/json" id="report-data">${scriptJson({ charts: configs, blobs })}</script>
${scripts.map((script) => html`<script>${raw(script)}</script>\n`)}</body>
</html>
`.html;
}

function hashOf(source: string): string {
  return `'sha256-${createHash("sha256").update(source).digest("base64")}'`;
}
