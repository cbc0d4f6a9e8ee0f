// Charts in the page: their frames and controls, with which the script draws.

import { type Html, html } from "../../html.ts";
import { dashOf, strokeOf } from "../../palette.ts";
import type { ReportRun } from "../../read-report-runs.ts";
import type { RunGroup } from "../../run-names.ts";
import { section } from "../../section.ts";
import { type EpochTable, epochTable } from "./epoch-table.ts";
import { runPanels } from "./model.ts";
import { type ChartPlace, oneRunPanels } from "./one-run.ts";
import type { Panel } from "./panels.ts";

type Curves = {
  readonly panels: readonly Panel[];
  /** null where a single run is shown, several series in one frame. */
  readonly groups: readonly RunGroup[] | null;
  readonly epochs: EpochTable | null;
};

type Options = {
  /** Everything about one run, in place of every series of several. */
  readonly oneRun: boolean;
};

export const curves = section<Curves, Options>({
  id: "curves",
  title: "Curves",
  model(context, { oneRun }) {
    const [first] = context.runs;
    if (first === undefined) return null;
    if (!oneRun) return { panels: runPanels(context), groups: context.groups, epochs: null };
    return { panels: oneRunPanels(first, "curves"), groups: null, epochs: epochTable(first) };
  },
  html({ panels, groups, epochs }) {
    if (groups !== null)
      return panels.length === 0
        ? html`<p class="soft">No loss was logged, nor anything else to draw.</p>`
        : panelsHtml(panels, { shown: 4, smoothing: 0 }, legendHtml(groups));
    return html`${panels.length > 0 ? panelsHtml(panels, { shown: 2, smoothing: ofOneRun }, null) : html`<p class="soft">No loss was logged.</p>`}${epochs !== null && epochTableHtml(epochs)}`;
  },
  panels: ({ panels }) => panels,
});

/** Beyond so many legend entries the table and its filter choose runs. */
const mostInLegend = 60;
/** Of batches, which are noisy. */
const ofOneRun = 0.4;

/** A section of charts of one run, with what they mean. */
export function chartsSection(id: ChartPlace, title: string, noteOn: (run: ReportRun) => string) {
  return section({
    id,
    title,
    model({ runs: [data] }) {
      const panels = data === undefined ? [] : oneRunPanels(data, id);
      return data === undefined || panels.length === 0 ? null : { panels, note: noteOn(data) };
    },
    html: ({ panels, note }) =>
      html`<p class="soft">${note}</p>${panelsHtml(panels, { shown: panels.length, smoothing: ofOneRun }, null)}`,
    panels: ({ panels }) => panels,
  });
}

function panelsHtml(
  panels: readonly Panel[],
  { shown, smoothing }: { readonly shown: number; readonly smoothing: number },
  legend: Html | null,
): Html {
  const first = panels.slice(0, shown);
  const rest = panels.slice(shown);
  return html`<div class="curves" data-curves>
${curveControls(smoothing)}
${legend}
<div class="panels">${first.map((panel) => panelHtml(panel, legend === null))}</div>
${rest.length > 0 && html`<details><summary>${rest.length} more series</summary><div class="panels">${rest.map((panel) => panelHtml(panel, legend === null))}</div></details>`}
</div>`;
}

function panelHtml({ id, title, description, notes, curves }: Panel, hasKey: boolean): Html {
  const key =
    hasKey &&
    curves.length > 1 &&
    html`<ul class="legend">${curves.map(({ label, color }) => html`<li><span>${swatch(color)}<bdi>${label}</bdi></span></li>`)}</ul>`;
  return html`<div class="card panel"><h4>${title}</h4>${key}<div class="plot"><canvas data-panel="${id}" role="img" aria-label="${description}"></canvas></div>${notesHtml(notes)}</div>`;
}

function notesHtml(notes: readonly string[]): Html | false {
  return (
    notes.length > 0 &&
    html`<ul class="notes">${notes.slice(0, 6).map((note) => html`<li><bdi>${note}</bdi></li>`)}${notes.length > 6 && html`<li>and ${notes.length - 6} more such series.</li>`}</ul>`
  );
}

function curveControls(smoothing: number): Html {
  return html`<div class="bar controls">
<div class="switch" role="group" aria-label="Horizontal axis">${(["epoch", "step", "time"] as const).map((axis) => html`<button type="button" data-axis="${axis}" aria-pressed="${String(axis === "epoch")}">${axis[0]!.toUpperCase() + axis.slice(1)}</button>`)}</div>
<div class="switch" role="group" aria-label="Scale of values"><button type="button" data-scale="linear" aria-pressed="true">Linear</button><button type="button" data-scale="logarithmic" aria-pressed="false">Logarithmic</button></div>
<label class="field">Smoothing <input type="range" min="0" max="1" step="0.01" value="${smoothing}" data-smoothing></label>
<label class="field" data-seeds-field hidden><input type="checkbox" data-seeds checked> Seeds as mean and range</label>
</div>`;
}

function swatch(color: number | null): Html {
  return html`<svg class="swatch" width="22" height="6" aria-hidden="true"><line x1="0" y1="3" x2="22" y2="3" stroke-width="3" stroke="${strokeOf(color)}" stroke-dasharray="${dashOf(color).join(" ")}"/></svg>`;
}

/** Names to click: hides a curve; with Shift or the little "only" isolates it. */
function legendHtml(groups: readonly RunGroup[]): Html {
  if (groups.length > mostInLegend)
    return html`<p class="soft">${groups.length} runs: the six best have a color, the others are grey. Point at a curve for its name, or filter the table.</p>`;
  return html`<ul class="legend" aria-label="Runs, shown or hidden">${groups.map(
    ({ label, color }, group) =>
      html`<li><button type="button" data-group="${group}" aria-pressed="true">${swatch(color)}<bdi>${label}</bdi></button><button type="button" class="only" data-only="${group}" aria-label="Only ${label}">only</button></li>`,
  )}</ul>`;
}

function epochTableHtml({ columns, rows }: EpochTable): Html {
  return html`<details><summary>The numbers, epoch by epoch</summary><div class="scroll" tabindex="0"><table class="numbers">
<thead><tr>${columns.map((column) => html`<th scope="col">${column}</th>`)}</tr></thead>
<tbody>${rows.map(([epoch, ...cells]) => html`<tr><th scope="row">${epoch}</th>${cells.map((cell) => html`<td>${cell}</td>`)}</tr>`)}</tbody>
</table></div></details>`;
}
