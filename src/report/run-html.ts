// Parts of a page about one run.

import { formatCount, plural } from "./format.ts";
import { type Html, html } from "./html.ts";
import type { ReportRun } from "./read-report-runs.ts";
import { type Fact, type RunModel, runModel } from "./run-model.ts";

/** A run among others: what it is, folded, with what one needs to repeat it. */
export function aboutRunHtml(data: ReportRun, position: number, name: string): Html {
  const run = runModel(data);
  const loud = run.events.filter(({ level }) => level !== "info");
  return html`<details class="about" id="about-${position}"><summary><bdi>${name}</bdi> ${badge(run.status)}${loud.length > 0 && html` <span class="soft">${plural(loud.length, "warning")}</span>`}</summary>
<p>${run.summary}</p>
${run.description !== "" && html`<p><bdi>${run.description}</bdi></p>`}
${run.error !== null && html`<pre class="error">${run.error}</pre>`}
${loud.length > 0 && html`<ul class="notes">${loud.map(({ at, message }) => html`<li>${at}: <bdi>${message}</bdi></li>`)}</ul>`}
${facts(run.provenance)}
<pre>${run.command.join("\n")}</pre>
${run.commandNote !== null && html`<p class="soft">${run.commandNote}</p>`}
</details>`;
}

export function provenanceHtml(run: RunModel): Html {
  return html`<div class="pair"><div><h3>Data</h3>${facts(run.data)}
${run.skipped.length > 0 && details(`${formatCount(run.skippedCount)} files left out, and why`, skipped(run))}</div>
<div><h3>Provenance</h3>${facts(run.provenance)}</div></div>`;
}

export function recipeHtml(run: RunModel): Html {
  return html`<pre>${run.command.join("\n")}</pre>
${run.commandNote !== null && html`<p class="soft">${run.commandNote}</p>`}
${details("Configuration", html`<pre>${run.yaml}</pre>`)}`;
}

export function epochTableHtml(table: RunModel["epochTable"]): Html {
  return details("The numbers, epoch by epoch", numbers(table));
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

export function eventsHtml(run: RunModel): Html {
  const earlier = run.eventCount - run.events.length;
  return html`${earlier > 0 && html`<p class="soft">${formatCount(earlier)} earlier ones are not shown.</p>`}
<div class="scroll" tabindex="0"><table class="numbers">
<thead><tr><th scope="col">time</th><th scope="col">level</th><th scope="col">kind</th><th scope="col">message</th></tr></thead>
<tbody>${run.events.map(({ at, level, kind, message }) => html`<tr><td>${at}</td><td>${level}</td><td>${kind}</td><th scope="row"><bdi>${message}</bdi></th></tr>`)}</tbody>
</table></div>`;
}
