// What lies under the pointer or, with the arrow keys, at the place that was walked to: a line across, the nearest curve
// drawn strong on a canvas of its own, and a box that names values. The curves below are not drawn again.

import { formatNumber } from "../../../../runs/format/numbers.ts";
import { arrowOf, element } from "../../../client/dom.ts";
import { strokeOf } from "../../../palette.ts";
import type { Mappings } from "./chart.ts";
import { drawLine } from "./draw-curves.ts";
import { type Axis, axisText, type Frame } from "./frame.ts";
import type { Line } from "./line.ts";

export type Hover = {
  clear(): void;
  /** The curves have changed: what lies under the same place now. */
  renew(): void;
};

/** What the chart shows now; `mappings` are null before it was drawn. */
type State = { readonly lines: readonly Line[]; readonly mappings: Mappings | null; readonly axis: Axis };

/** A point of a line, and where it is in pixels. */
type Point = {
  readonly line: Line;
  readonly index: number;
  readonly x: number;
  readonly y: number;
  readonly px: number;
  readonly py: number;
};

/** Values named at once. */
const mostNamed = 8;

export function makeHover(chart: Frame, state: () => State): Hover {
  const { canvas } = chart;
  const plot = canvas.parentElement!;
  const layer = element("canvas", { className: "layer", "aria-hidden": "true" });
  const box = element("div", { className: "tip", hidden: true, role: "status" });
  plot.append(layer, box);
  canvas.tabIndex = 0;
  /** The point that is named first, and where was pointed to. */
  let place: Pick<Point, "px" | "py"> | null = null;
  let pointed: readonly [number, number] | null = null;

  const clear = () => {
    box.hidden = true;
    layer.width = 0;
    place = pointed = null;
  };

  const show = (px: number, py: number) => {
    const { lines, mappings, axis } = state();
    const { left, right } = chart.chartArea;
    if (mappings === null || px < left - 4 || px > right + 4) return clear();
    const away = (point: Point) => Math.abs(point.py - py) + Math.abs(point.px - px);
    const found = lines.flatMap((line) => nearest(line, px, mappings) ?? []);
    const [first] = found.sort((a, b) => away(a) - away(b));
    if (first === undefined) return clear();
    pointed = [px, py];
    place = first;
    const named = found.slice(0, mostNamed).sort((a, b) => a.py - b.py);
    const more = found.length - named.length;
    paintLayer(layer, chart, first, mappings);
    box.replaceChildren(
      element("p", { className: "tip-x" }, `${axis} ${axisText[axis](first.x)}`),
      ...named.map((point) => row(point, point === first)),
      ...(more > 0 ? [element("p", { className: "soft" }, `and ${more} more`)] : []),
    );
    box.hidden = false;
    const isRight = first.px > (left + right) / 2;
    box.style.left = isRight ? "" : `${first.px + 14}px`;
    box.style.right = isRight ? `${plot.clientWidth - first.px + 14}px` : "";
  };

  let waiting: readonly [number, number] | null = null;
  canvas.addEventListener("pointermove", ({ offsetX, offsetY }) => {
    if (waiting === null)
      requestAnimationFrame(() => {
        if (waiting !== null) show(...waiting);
        waiting = null;
      });
    waiting = [offsetX, offsetY];
  });
  canvas.addEventListener("pointerleave", () => {
    // A move that was not shown yet came before.
    waiting = null;
    clear();
  });
  canvas.addEventListener("blur", clear);
  canvas.addEventListener("keydown", (event) => {
    const move = arrowOf(event);
    if (move === null) return;
    event.preventDefault();
    const { left, right, top, bottom } = chart.chartArea;
    // The place is a point of a curve: from there, steps shorter than its next point would not leave it.
    const from = { px: pointed?.[0] ?? left, py: place?.py ?? (top + bottom) / 2 };
    const width = Math.max(4, (right - left) / 60);
    show(Math.min(right, Math.max(left, from.px + move[0] * width)), from.py + move[1] * 12);
  });
  return { clear, renew: () => pointed && show(...pointed) };
}

/** The point of a line that is nearest to a pixel, by halving; null well before its start and after its end. */
function nearest(line: Line, px: number, { x: toX, y: toY }: Mappings): Point | null {
  const { x, y } = line;
  if (x.length === 0) return null;
  let [low, high] = [0, x.length - 1];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (toX(x[middle]!) < px) low = middle + 1;
    else high = middle;
  }
  if (low > 0 && px - toX(x[low - 1]!) < toX(x[low]!) - px) low--;
  const at = toX(x[low]!);
  const isBeyond = (low === 0 && at > px + 40) || (low === x.length - 1 && at < px - 40);
  if (isBeyond) return null;
  const py = toY(y[low]!);
  return { line, index: low, x: x[low]!, y: y[low]!, px: at, py: Number.isFinite(py) ? py : 1e4 };
}

function paintLayer(
  layer: HTMLCanvasElement,
  chart: Frame,
  { line, px, py }: Point,
  { x: toX, y: toY }: Mappings,
): void {
  const { width, height, chartArea: area, currentDevicePixelRatio: ratio } = chart;
  layer.width = width * ratio;
  layer.height = height * ratio;
  const context = layer.getContext("2d");
  if (context === null) return;
  context.scale(ratio, ratio);
  context.beginPath();
  context.rect(area.left, area.top - 4, area.right - area.left + 4, area.bottom - area.top + 8);
  context.clip();
  const color = strokeOf(line.color);
  context.fillStyle = color;
  context.fillRect(px - 0.5, area.top, 1, area.bottom - area.top);
  drawLine(context, line, toX, toY, { color: getComputedStyle(chart.canvas).color, width: 4.5, alpha: 0.5 });
  drawLine(context, line, toX, toY, { color, width: 2.5 });
  context.beginPath();
  context.arc(px, py, 4.5, 0, 7);
  context.fill();
}

function row({ line, y, index }: Point, isNearest: boolean): HTMLElement {
  const swatch = element("span", { className: "swatch" });
  swatch.style.borderTopColor = strokeOf(line.color);
  const { band } = line;
  const range =
    band === null ? "" : ` (${formatNumber(band.low[index]!)} to ${formatNumber(band.high[index]!)})`;
  return element(
    "p",
    { className: isNearest ? "nearest" : "" },
    swatch,
    element("bdi", {}, line.label),
    " ",
    element("b", {}, formatNumber(y), range),
  );
}
