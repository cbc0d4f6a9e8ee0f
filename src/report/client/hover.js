// What lies under the pointer or, with the arrow keys, at the place that was walked to: a line across, the nearest curve
// drawn strong on a canvas of its own, and a box that names values. The curves below are not drawn again.

import { strokeOf } from "../palette.ts";
import { element, number } from "./dom.js";
import { drawLine } from "./draw-curves.js";
import { axisText } from "./frame.js";

/** Values named at once. */
const mostNamed = 8;

export function makeHover(chart, state) {
  const plot = chart.canvas.parentElement;
  const layer = element("canvas", { className: "layer" });
  layer.setAttribute("aria-hidden", "true");
  const box = element("div", { className: "tip", hidden: true, role: "status" });
  plot.append(layer, box);
  chart.canvas.tabIndex = 0;
  let place = null;
  let pointed = null;

  const clear = () => {
    box.hidden = true;
    layer.width = 0;
    place = pointed = null;
  };

  const show = (px, py) => {
    const { shown, mappings, settings } = state();
    const { chartArea: area } = chart;
    if (!mappings.x || px < area.left - 4 || px > area.right + 4) return clear();
    const found = shown.map((line) => nearest(line, px, mappings)).filter(Boolean);
    if (found.length === 0) return clear();
    pointed = [px, py];
    found.sort(
      (a, b) => Math.abs(a.py - py) + Math.abs(a.px - px) - (Math.abs(b.py - py) + Math.abs(b.px - px)),
    );
    place = { px: found[0].px, py: found[0].py };
    const named = found.slice(0, mostNamed).sort((a, b) => a.py - b.py);
    paintLayer(layer, chart, found[0], mappings);
    box.replaceChildren(
      element("p", { className: "tip-x" }, `${settings.axis} ${axisText[settings.axis](found[0].x)}`),
      ...named.map((item) => row(item, item === found[0])),
      ...(found.length > named.length
        ? [element("p", { className: "soft" }, `and ${found.length - named.length} more`)]
        : []),
    );
    box.hidden = false;
    const left = found[0].px > (area.left + area.right) / 2;
    box.style.left = left ? "" : `${found[0].px + 14}px`;
    box.style.right = left ? `${plot.clientWidth - found[0].px + 14}px` : "";
  };

  let waiting = null;
  chart.canvas.addEventListener("pointermove", ({ offsetX, offsetY }) => {
    if (waiting === null)
      requestAnimationFrame(() => {
        show(...waiting);
        waiting = null;
      });
    waiting = [offsetX, offsetY];
  });
  chart.canvas.addEventListener("pointerleave", clear);
  chart.canvas.addEventListener("blur", clear);
  chart.canvas.addEventListener("keydown", (event) => {
    const move = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[event.key];
    if (!move) return;
    event.preventDefault();
    const { left, right, top, bottom } = chart.chartArea;
    // The place is a point of a curve: from there, steps shorter than its next point would not leave it.
    const from = { px: pointed?.[0] ?? left, py: place?.py ?? (top + bottom) / 2 };
    const width = Math.max(4, (right - left) / 60);
    show(Math.min(right, Math.max(left, from.px + move[0] * width)), from.py + move[1] * 12);
  });
  return {
    clear,
    /** The curves have changed: what lies under the same place now. */
    renew: () => pointed && show(...pointed),
  };
}

/** The point of a line that is nearest to a pixel, by halving; null well before its start and after its end. */
function nearest(line, px, { x: toX, y: toY }) {
  const { x, y } = line;
  if (x.length === 0) return null;
  let [low, high] = [0, x.length - 1];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (toX(x[middle]) < px) low = middle + 1;
    else high = middle;
  }
  if (low > 0 && px - toX(x[low - 1]) < toX(x[low]) - px) low--;
  const at = toX(x[low]);
  const isBeyond = (low === 0 && at > px + 40) || (low === x.length - 1 && at < px - 40);
  if (isBeyond) return null;
  const py = toY(y[low]);
  return { line, x: x[low], y: y[low], index: low, px: at, py: Number.isFinite(py) ? py : 1e4 };
}

function paintLayer(layer, chart, { line, px, py }, { x: toX, y: toY }) {
  const { width, height, chartArea: area, currentDevicePixelRatio: ratio } = chart;
  layer.width = width * ratio;
  layer.height = height * ratio;
  const context = layer.getContext("2d");
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

function row({ line, y, index }, isNearest) {
  const swatch = element("span", { className: "swatch" });
  swatch.style.borderTopColor = strokeOf(line.color);
  const range = line.band && ` (${number(line.band.low[index])} to ${number(line.band.high[index])})`;
  const value = element("b", {}, number(y), range ?? "");
  return element(
    "p",
    { className: isNearest ? "nearest" : "" },
    swatch,
    element("bdi", {}, line.label),
    " ",
    value,
  );
}
