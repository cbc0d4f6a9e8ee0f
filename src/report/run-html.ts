// The section of one run.

import { chartHtml } from "./chart-html.ts";
import { emergenceHtml } from "./emergence-html.ts";
import { formatCount } from "./format.ts";
import type { GridSide } from "./grid-model.ts";
import { type Html, html } from "./html.ts";
import type { Fact, RunModel } from "./run-model.ts";

/** Hash of a picture -> its number in the page. */
export type BlobNumbers = ReadonlyMap<string, number>;

export function runHtml(run: RunModel, blobs: BlobNumbers, heading: "h1" | "h2"): Html {
  const title =
    heading === "h1" ? html`<h1><bdi>${run.title}</bdi></h1>` : html`<h2><bdi>${run.title}</bdi></h2>`;
  return html`
<section class="run" id="${run.id}">
  <div class="title">${title}${badge(run.status)}</div>
  <p class="lead">${run.summary}</p>
  ${run.description !== "" && html`<p><bdi>${run.description}</bdi></p>`}
  ${run.error !== null && html`<pre class="error">${run.error}</pre>`}
  <h3>Loss</h3>
  ${run.loss ? chartHtml(run.loss) : html`<p class="soft">No loss was logged.</p>`}
  ${run.epochTable.rows.length > 0 && details("The numbers, epoch by epoch", numbers(run.epochTable))}
  ${
    run.others.length > 0 &&
    details(
      "Other measurements",
      html`<div class="smalls">${run.others.map((chart) => chartHtml(chart, "small"))}</div>`,
    )
  }
  <h3>Samples</h3>
  ${run.grid.length > 0 ? gridHtml(run.grid, blobs) : html`<p class="soft">No sample images were stored.</p>`}
  ${run.emergence && emergenceHtml(run.emergence)}
  <div class="pair">
    <div>
      <h3>Data</h3>
      ${facts(run.data)}
      ${run.skipped.length > 0 && details(`${formatCount(run.skippedCount)} files left out, and why`, skipped(run))}
    </div>
    <div>
      <h3>Provenance</h3>
      ${facts(run.provenance)}
    </div>
  </div>
  <h3>Do it again</h3>
  <pre>${run.command.join("\n")}</pre>
  ${run.commandNote !== null && html`<p class="soft">${run.commandNote}</p>`}
  ${details("Configuration", html`<pre>${run.yaml}</pre>`)}
  ${run.events.length > 0 && details(`Events (${formatCount(run.eventCount)})`, events(run))}
</section>`;
}

export function badge(status: string): Html {
  return html`<span class="badge ${status.toLowerCase()}">${status}</span>`;
}

function details(summary: string, content: Html): Html {
  return html`<details><summary>${summary}</summary>${content}</details>`;
}

function facts(pairs: readonly Fact[]): Html {
  return html`<dl class="facts">${pairs.map(([term, value]) => html`<dt>${term}</dt><dd><bdi>${value}</bdi></dd>`)}</dl>`;
}

function numbers({ columns, rows }: RunModel["epochTable"]): Html {
  return html`<div class="scroll" tabindex="0"><table class="numbers">
<thead><tr>${columns.map((column) => html`<th scope="col">${column}</th>`)}</tr></thead>
<tbody>${rows.map(([epoch, ...cells]) => html`<tr><th scope="row">${epoch}</th>${cells.map((cell) => html`<td>${cell}</td>`)}</tr>`)}</tbody>
</table></div>`;
}

function skipped(run: RunModel): Html {
  const rest = run.skippedCount - run.skipped.length;
  return html`<div class="scroll" tabindex="0"><table class="numbers">
<thead><tr><th scope="col">file</th><th scope="col">reason</th></tr></thead>
<tbody>${run.skipped.map(({ path, reason }) => html`<tr><th scope="row"><bdi>${path}</bdi></th><td><bdi>${reason}</bdi></td></tr>`)}</tbody>
</table></div>${rest > 0 && html`<p class="soft">and ${formatCount(rest)} more.</p>`}`;
}

function events(run: RunModel): Html {
  const earlier = run.eventCount - run.events.length;
  return html`${earlier > 0 && html`<p class="soft">${formatCount(earlier)} earlier ones are not shown.</p>`}
<div class="scroll" tabindex="0"><table class="numbers">
<thead><tr><th scope="col">time</th><th scope="col">level</th><th scope="col">kind</th><th scope="col">message</th></tr></thead>
<tbody>${run.events.map(({ at, level, kind, message }) => html`<tr><td>${at}</td><td>${level}</td><td>${kind}</td><th scope="row"><bdi>${message}</bdi></th></tr>`)}</tbody>
</table></div>`;
}

const captions = { seen: "Seen in training", unseen: "Not seen in training" } as const;

function gridHtml(sides: readonly GridSide[], blobs: BlobNumbers): Html {
  return html`<p class="soft">The same images as training goes on. Click one, or press Enter, to enlarge it.</p>
<div class="sides ${sides.length === 2 && "two"}" data-grid>${sides.map(
    (side) => html`
<div class="side"><table class="grid"><caption>${captions[side.set]}</caption><tbody>${side.rows.map(
      (row) => html`
<tr><th scope="row">${row.label}</th>${row.hashes.map((hash, column) => {
        if (hash === null) return html`<td></td>`;
        const imageId = side.imageIds[column]!;
        const alt = `${imageId}, ${side.set}, ${row.label.toLowerCase()}`;
        return html`<td><button type="button" class="tile" tabindex="-1"><img data-blob="${blobs.get(hash)}" data-image="${imageId}" data-set="${side.set}" data-row="${row.label}" alt="${alt}" decoding="async"></button></td>`;
      })}</tr>`,
    )}
</tbody></table></div>`,
  )}
</div>`;
}
