// The frame of a chart; page.js draws into it.

import type { ChartModel } from "./chart-model.ts";
import { type Html, html } from "./html.ts";

export function chartHtml(chart: ChartModel, size: "large" | "small" = "large"): Html {
  const canvas = html`<canvas id="${chart.id}" data-chart role="img" aria-label="${chart.description}"></canvas>`;
  const notes =
    chart.notes.length > 0 &&
    html`<ul class="notes">${chart.notes.map((note) => html`<li>${note}</li>`)}</ul>`;
  if (size === "small")
    return html`<div class="card"><h4>${chart.yLabel}</h4><div class="plot small">${canvas}</div>${notes}</div>`;
  return html`<div class="card">
  <div class="bar"><ul class="legend" data-legend="${chart.id}" aria-label="Curves, shown or hidden"></ul>${chart.canBeLogarithmic && scaleSwitch(chart.id)}</div>
  <div class="plot">${canvas}</div>${notes}
</div>`;
}

function scaleSwitch(id: string): Html {
  return html`<div class="scale" role="group" aria-label="Scale of the loss"><button type="button" data-for="${id}" data-scale="linear" aria-pressed="true">Linear</button><button type="button" data-for="${id}" data-scale="logarithmic" aria-pressed="false">Logarithmic</button></div>`;
}
