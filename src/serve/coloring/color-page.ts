// The page on which one drops a photograph; src/report/drop/client.ts is its script.

import { sideHtml, zoomHtml } from "../../report/colorized/side-html.ts";
import { type Html, html } from "../../report/html.ts";
import { noData } from "../../report/page-data.ts";
import { plural, shorten } from "../../runs/format/words.ts";
import type { Store } from "../../store/open-store.ts";
import type { RunSummary } from "../../store/read-runs.ts";
import type { ServedPage } from "../served-page.ts";
import { type Colorist, coloringLimits } from "./colorist.ts";

/** Finished runs that may be chosen, the newest. */
const mostOffered = 40;
/** How many of them color a photograph, at first and at most. */
const firstChosen = 4;
const mostChosen = 8;

export function colorPage(store: Store, colorist: Colorist): ServedPage {
  const all = store.summaries().filter((run) => run.status === "FINISHED" && colorist.canColor(run));
  const offered = all.slice(0, mostOffered);
  return {
    content: {
      kind: "color",
      title: "Color a photograph",
      isLarge: false,
      badge: null,
      lead:
        offered.length > 0
          ? html`<p class="lead">A black-and-white photograph, colored by finished runs side by side. It stays on this machine and is kept nowhere.</p>`
          : html`<p class="lead">No run in <bdi>${store.folder}</bdi> that makes colors has finished yet.</p>`,
      sections: offered.length > 0 ? sectionsOf(offered, all.length) : [],
      feet: [],
      data: noData,
      hashes: [],
    },
    events: "",
    foot: html`<p>Colored by <code>hueristic serve</code>. Larger photographs, folders of them, and every option: <code>hueristic colorize</code></p>`,
  };
}

function sectionsOf(offered: readonly RunSummary[], total: number) {
  const { bytes, pixels } = coloringLimits;
  const most = `${pixels / 1e6} megapixels, ${bytes / 2 ** 20} MiB`;
  return [
    {
      id: "photograph",
      title: "Photograph",
      body: html`<label class="drop" data-drop data-most-bytes="${bytes}" data-most-pixels="${pixels}">
<input type="file" class="sr" accept="image/*,.tif,.tiff" data-file>
<span><strong>Drop a photograph here</strong>, choose one, or paste one</span>
<span class="soft small">JPEG, PNG, WebP, TIFF, AVIF or GIF; at most ${most}</span>
</label>
<p role="status" data-message></p>`,
    },
    {
      id: "networks",
      title: "Networks",
      body: html`<div class="bar"><span>At most ${mostChosen}, newest first</span> <span class="field">Checkpoint <span class="switch" role="group" aria-label="Checkpoint"><button type="button" data-checkpoint="last" aria-pressed="true">newest</button><button type="button" data-checkpoint="best" aria-pressed="false">best</button></span></span></div>
<div class="networks" data-networks data-most="${mostChosen}">${offered.map(networkHtml)}</div>
${total > offered.length && html`<p class="soft small">${plural(total - offered.length, "older run")} not listed: <code>hueristic colorize --run</code> takes every one.</p>`}`,
    },
    {
      id: "colored",
      title: "Colored",
      body: html`<p role="status" data-progress>Nothing yet.</p>
<div class="photograph" data-photograph hidden>
<p class="soft small">Original to the left of the line. Drag the line, or reach it by Tab and use the arrow keys.</p>
<div class="sides" data-sides></div>
${zoomHtml}
</div>
<template data-side>${sideHtml({
        original: { alt: "Original", src: null },
        colored: { alt: "Colored", src: null },
        caption: html`<bdi data-by></bdi> <span data-state></span> <a data-download hidden>Download</a>`,
      })}</template>`,
    },
  ];
}

function networkHtml(run: RunSummary, place: number): Html {
  const { id, name, experiment, lastEpoch } = run;
  const label = shorten(name, 60);
  const { kind } = experiment.dataset;
  const trained =
    kind === "elsewhere" ? "trained elsewhere" : `${plural(lastEpoch ?? 0, "epoch")} on ${kind}`;
  return html`<label><input type="checkbox" value="${id}" data-network="${label}"${place < firstChosen && html` checked`}> <span><bdi>${label}</bdi> <code class="soft">${id}</code><span class="soft small">${experiment.model.kind}, ${experiment.image.size}×${experiment.image.size}, ${trained}</span></span></label>`;
}
