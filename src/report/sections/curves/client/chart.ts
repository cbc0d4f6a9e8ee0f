// One chart of the page: what it shows for the settings of now, and what lies under the pointer.

import { one } from "../../../client/dom.ts";
import { dashOf, strokeOf } from "../../../palette.ts";
import type { PanelData } from "../data.ts";
import { type Band, drawBand, drawLine, drawMarks, type Mapping } from "./draw-curves.ts";
import { type Frame, makeFrame, mapping, paint, setX, setY } from "./frame.ts";
import { type Hover, makeHover } from "./hover.ts";
import { type Line, linesOf, type Settings } from "./line.ts";
import { extent, hiddenWords, type ValueRange, valueRange } from "./value-range.ts";

export type Mappings = { readonly x: Mapping; readonly y: Mapping };

export type Chart = {
  update(): void;
  /** Newer data. */
  show(panel: PanelData): void;
  /** In the colors of the theme of now. */
  repaint(): void;
  resize(): void;
  destroy(): void;
};

/** With more curves than this they are drawn thin and through each other. */
const many = 40;

export function makeChart(canvas: HTMLCanvasElement, first: PanelData, settings: Settings): Chart {
  let panel = first;
  let lines: readonly Line[] = [];
  let hover: Hover | null = null;
  let mappings: Mappings | null = null;
  const frame = makeFrame(canvas, {
    draw(drawn) {
      const { x, y } = drawn.scales;
      if (!x || !y) return;
      mappings = { x: mapping(x), y: mapping(y) };
      draw(drawn, panel, lines, mappings, y.type === "logarithmic" ? y.min : null);
    },
    onResize: () => hover?.clear(),
  });
  hover = makeHover(frame, () => ({ lines, mappings, axis: settings.axis }));

  const update = () => {
    lines = linesOf(panel, settings);
    setX(frame, settings.axis, extent(lines));
    const range = valueRange(lines, panel, settings.scale);
    setY(frame, settings.scale, range.ends);
    frame.update("none");
    hover.renew();
    sayHidden(canvas, range);
  };
  update();
  return {
    update,
    show(next) {
      panel = next;
      update();
    },
    repaint() {
      paint(frame);
      frame.update("none");
    },
    resize: () => frame.resize(),
    destroy: () => frame.destroy(),
  };
}

function sayHidden(canvas: HTMLCanvasElement, range: ValueRange): void {
  const card = canvas.closest(".panel");
  if (card === null) return;
  one("[data-hidden]", card)?.remove();
  const words = hiddenWords(range);
  if (words === null) return;
  const note = document.createElement("p");
  note.className = "notes";
  note.dataset.hidden = "";
  note.textContent = words;
  card.append(note);
}

function draw(
  { ctx: context, chartArea: area }: Frame,
  { reference }: PanelData,
  lines: readonly Line[],
  { x: toX, y: toY }: Mappings,
  /** The least value of a logarithmic axis; null of a linear one. */
  floor: number | null,
): void {
  const isBundle = lines.length > many;
  const hasDots = lines.length <= 6;
  context.save();
  context.beginPath();
  context.rect(area.left - 1, area.top - 1, area.right - area.left + 2, area.bottom - area.top + 2);
  context.clip();
  if (reference !== null) {
    const across = { x: [area.left, area.right], y: [reference, reference] };
    drawLine(context, across, (pixel) => pixel, toY, { color: strokeOf(null), width: 1, dash: [4, 4] });
  }
  // The colored ones on top.
  const ordered = [...lines].sort((a, b) => Number(a.color !== null) - Number(b.color !== null));
  for (const line of ordered) {
    const color = strokeOf(line.color);
    if (line.band) drawBand(context, line.x, onAxis(line.band, floor), toX, toY, color);
    if (line.raw && !isBundle)
      drawLine(context, { x: line.x, y: line.raw }, toX, toY, { color, width: 1, alpha: 0.3 });
    drawLine(context, line, toX, toY, {
      color,
      width: isBundle && line.color === null ? 1 : 2,
      dash: dashOf(line.color),
      alpha: isBundle && line.color === null ? 0.25 : 1,
      dots: hasDots && line.every === "epoch" && line.x.length <= 60,
    });
    drawMarks(context, line, toX, area, { color, isLog: floor !== null });
  }
  context.restore();
}

/** A band that goes down to 0 goes down to the end of a logarithmic axis. */
function onAxis(band: Band, floor: number | null): Band {
  if (floor === null) return band;
  const raised = (values: ArrayLike<number>) => Array.from(values, (value) => (value <= 0 ? floor : value));
  return { low: raised(band.low), high: raised(band.high) };
}
