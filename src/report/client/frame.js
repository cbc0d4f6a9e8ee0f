// The frame of a chart: Chart.js with its axes only. Curves are drawn by our own plugin (draw-curves.js), because a
// thousand of them as Chart.js data sets would make a point object of every value.

import { Chart, LinearScale, LineController, LogarithmicScale } from "chart.js";
import { number } from "./dom.js";

Chart.register(LineController, LinearScale, LogarithmicScale);

const style = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

const seconds = (value) =>
  value < 120
    ? `${number(value)} s`
    : value < 7200
      ? `${number(value / 60)} min`
      : `${number(value / 3600)} h`;
export const axisText = { epoch: number, step: number, time: seconds };

export function makeFrame(canvas, { draw, onResize }) {
  const font = { family: "system-ui, sans-serif", size: 12 };
  const chart = new Chart(canvas, {
    type: "line",
    data: { datasets: [] },
    options: {
      animation: false,
      events: [],
      responsive: true,
      maintainAspectRatio: false,
      onResize,
      layout: { padding: { right: 8, top: 8 } },
      scales: {
        x: {
          type: "linear",
          title: { display: true, font },
          ticks: { font, maxRotation: 0, includeBounds: false },
        },
        y: {
          type: "linear",
          title: { display: false, font },
          ticks: { font, callback: yTick, includeBounds: false },
        },
      },
      plugins: { legend: { display: false } },
    },
    plugins: [{ id: "curves", beforeDatasetsDraw: draw }],
  });
  paint(chart);
  return chart;
}

/** Of a logarithmic axis only 1, 2 and 5 are named, where there are many. */
function yTick(value, _index, ticks) {
  if (this.type !== "logarithmic") return number(value);
  const leading = Number(value.toExponential()[0]);
  return leading === 1 || leading === 2 || leading === 5 || ticks.length < 8 ? number(value) : "";
}

/** The colors of the page's theme. */
export function paint(chart) {
  for (const scale of Object.values(chart.options.scales)) {
    scale.grid = { color: style("--line") };
    scale.border = { color: style("--line") };
    scale.ticks.color = style("--soft");
    scale.title.color = style("--soft");
  }
}

/** value -> pixel, without a call into Chart.js for every point. */
export function mapping(scale) {
  const { min, max, type } = scale;
  const [low, high] = [scale.getPixelForValue(min), scale.getPixelForValue(max)];
  if (type === "logarithmic") {
    const [from, to] = [Math.log10(min), Math.log10(max)];
    const factor = (high - low) / (to - from || 1);
    return (value) => low + (Math.log10(value) - from) * factor;
  }
  const factor = (high - low) / (max - min || 1);
  return (value) => low + (value - min) * factor;
}
