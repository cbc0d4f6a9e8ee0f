// The frame of a chart: Chart.js with its axes only. Curves are drawn by our own plugin (draw-curves.ts), because a
// thousand of them as Chart.js data sets would make a point object of every value.

import {
  Chart,
  type ChartConfiguration,
  LinearScale,
  LineController,
  LogarithmicScale,
  type Scale,
  type Tick,
} from "chart.js";
import { formatNumber } from "../../../../runs/format/numbers.ts";
import type { Mapping } from "./draw-curves.ts";

Chart.register(LineController, LinearScale, LogarithmicScale);

export type Frame = Chart<"line">;

const style = (name: string) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

function seconds(value: number): string {
  if (value < 120) return `${formatNumber(value)} s`;
  return value < 7200 ? `${formatNumber(value / 60)} min` : `${formatNumber(value / 3600)} h`;
}

export type Axis = "epoch" | "step" | "time";

/** Values of the horizontal axis in words. */
export const axisText = { epoch: formatNumber, step: formatNumber, time: seconds } as const;

type FrameEvents = { draw(frame: Frame): void; onResize(): void };

export function makeFrame(canvas: HTMLCanvasElement, { draw, onResize }: FrameEvents): Frame {
  const font = { family: "system-ui, sans-serif", size: 12 };
  const configuration: ChartConfiguration<"line"> = {
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
  };
  const frame = new Chart(canvas, configuration);
  paint(frame);
  return frame;
}

/** What the horizontal axis shows, from where to where. */
export function setX(frame: Frame, axis: Axis, [min, max]: readonly [number, number]): void {
  const text = axis === "time" ? "time since the start" : axis;
  const x = frame.options.scales!.x!;
  Object.assign(x, { min, max });
  Object.assign(x.title!, { text });
  Object.assign(x.ticks!, { callback: axisText[axis] });
}

export function setY(
  frame: Frame,
  type: "linear" | "logarithmic",
  [min, max]: readonly [number, number],
): void {
  Object.assign(frame.options.scales!.y!, { type, min, max });
}

/** Of a logarithmic axis only 1, 2 and 5 are named, where there are many. */
function yTick(this: Scale, value: string | number, _index: number, ticks: readonly Tick[]): string {
  const number = Number(value);
  const leading = Number(number.toExponential()[0]);
  const isNamed = this.type !== "logarithmic" || [1, 2, 5].includes(leading) || ticks.length < 8;
  return isNamed ? formatNumber(number) : "";
}

/** The colors of the page's theme. */
export function paint(frame: Frame): void {
  const [line, soft] = [style("--line"), style("--soft")];
  for (const scale of Object.values(frame.options.scales ?? {}))
    Object.assign(scale!, {
      grid: { color: line },
      border: { color: line },
      ticks: { ...scale!.ticks, color: soft },
      title: { ...("title" in scale! ? scale.title : {}), color: soft },
    });
}

/** Without a call into Chart.js for every point. */
export function mapping(scale: Scale): Mapping {
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
