// A panel as plain Chart.js configuration, for pictures without a browser.

import { dashOf, strokeOf } from "../palette.ts";
import type { Curve, Panel } from "../sections/curves/panels.ts";

export function chartConfig({ title, curves, range }: Panel) {
  return {
    type: "line" as const,
    data: { datasets: curves.map((curve) => dataset(curve, curves.length)) },
    options: {
      animation: false as const,
      responsive: false,
      devicePixelRatio: 2,
      normalized: true,
      layout: { padding: 16 },
      scales: {
        x: {
          type: "linear" as const,
          title: { display: true, text: "epoch" },
          min: 0,
          ticks: { precision: 0 },
        },
        y: {
          type: "linear" as const,
          title: { display: true, text: title },
          ...(range === null ? {} : { min: range[0], max: range[1] }),
        },
      },
      plugins: {
        legend: { display: curves.length <= 12, position: "top" as const, labels: { boxHeight: 1 } },
      },
    },
  };
}

function dataset({ label, color, every, epoch, value }: Curve, count: number) {
  const stroke = strokeOf(color);
  return {
    label,
    // A null is a gap.
    data: Array.from(
      epoch,
      (x, at) => [x, Number.isFinite(value[at]!) ? value[at]! : null] as [number, number],
    ),
    borderColor: stroke,
    backgroundColor: stroke,
    borderWidth: count > 40 ? 0.5 : 2,
    borderDash: [...dashOf(color)],
    pointRadius: every === "epoch" && value.length <= 60 && count <= 6 ? 3 : value.length === 1 ? 3 : 0,
    tension: 0,
    spanGaps: false,
  };
}
