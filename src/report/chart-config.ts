// A chart as plain Chart.js configuration: JSON without functions, so that the page can carry it and the
// PNG can draw it. What needs functions (hover text, dark colours, the scale switch) is added by page.js.

import type { ChartModel, Curve } from "./chart-model.ts";

/** Okabe and Ito's colours without black and yellow, told apart by colour-blind readers too. */
export const palette = ["#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9"] as const;
/** Beyond the palette the same colours come again, dashed. */
const dashes = [[], [7, 4], [2, 3], [10, 3, 2, 3]] as const;

export type ChartConfig = ReturnType<typeof chartConfig>;

export function chartConfig(chart: ChartModel, scale: "linear" | "logarithmic" = "linear") {
  return {
    type: "line" as const,
    data: { datasets: chart.curves.map(dataset) },
    options: {
      animation: false as const,
      responsive: true,
      maintainAspectRatio: false,
      normalized: true,
      interaction: { mode: "nearest" as const, axis: "x" as const, intersect: false },
      scales: {
        x: {
          type: "linear" as const,
          title: { display: true, text: "epoch" },
          ticks: { precision: 0 },
          ...xRange(chart),
        },
        y: {
          type: scale,
          title: { display: true, text: chart.yLabel },
          ...(chart.yMax !== null && scale === "linear" ? { max: Number(chart.yMax.toPrecision(2)) } : {}),
        },
      },
      plugins: { legend: { display: false } },
    },
  };
}

function dataset({ label, color, style, points }: Curve) {
  const stroke = palette[color % palette.length]!;
  const dash = dashes[Math.floor(color / palette.length) % dashes.length]!;
  return {
    label,
    data: points.map(([x, y]) => [x, y] as [number, number]),
    borderColor: style === "faint" ? `${stroke}59` : stroke,
    backgroundColor: stroke,
    borderWidth: style === "faint" ? 1 : 2,
    borderDash: [...dash],
    pointRadius: style === "points" ? (points.length > 60 ? 1.5 : 3.5) : points.length === 1 ? 3 : 0,
    pointHoverRadius: 5,
    pointHitRadius: 8,
    // Points on the edge are drawn whole; what is above the frame is cut.
    clip: { left: 6, right: 6, top: 0, bottom: 6 },
    tension: 0,
    spanGaps: false,
    order: style === "points" ? 0 : style === "line" ? 1 : 2,
  };
}

/** From epoch 0; a single point gets room around it. */
function xRange(chart: ChartModel) {
  const last = chart.curves.reduce((most, { points }) => Math.max(most, points.at(-1)?.[0] ?? 0), 0);
  return { min: 0, max: last > 0 ? last : 1 };
}
