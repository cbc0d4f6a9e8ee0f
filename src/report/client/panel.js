// One chart of the page: what it shows for the settings of now, and what lies under the pointer.

import { smooth } from "../downsample.ts";
import { dashOf, strokeOf } from "../palette.ts";
import { data } from "./dom.js";
import { drawBand, drawLine, drawMarks } from "./draw-curves.js";
import { axisText, makeFrame, mapping, paint } from "./frame.js";
import { makeHover } from "./hover.js";
import { mergeSeeds } from "./merge-seeds.ts";
import { numbers } from "./numbers.js";
import { groupOf, isShown } from "./selection.js";

/** With more curves than this they are drawn thin and through each other. */
const many = 40;

/** `settings` is shared: { axis, scale, smoothing, seeds }. Gives update(), show(panel) for newer data, and repaint(). */
export function makePanel(canvas, first, settings) {
  let panel = first;
  let shown = [];
  let hover = null;
  const mappings = {};
  const chart = makeFrame(canvas, {
    draw: (frame) => {
      mappings.x = mapping(frame.scales.x);
      mappings.y = mapping(frame.scales.y);
      draw(frame.ctx, frame.chartArea, panel, shown, mappings);
    },
    onResize: () => hover?.clear(),
  });
  hover = makeHover(chart, () => ({ shown, mappings, settings }));

  const update = () => {
    shown = linesOf(panel, settings);
    const { x, y } = chart.options.scales;
    x.title.text = settings.axis === "time" ? "time since the start" : settings.axis;
    x.ticks.callback = axisText[settings.axis];
    [x.min, x.max] = extent(shown);
    y.type = settings.scale;
    const range = valueRange(shown, panel, settings.scale);
    [y.min, y.max] = range.ends;
    chart.update("none");
    hover.renew();
    sayHidden(canvas, range.above);
  };
  update();
  return {
    chart,
    update,
    show(next) {
      panel = next;
      update();
    },
    repaint() {
      paint(chart);
      chart.update("none");
    },
  };
}

/** The lines to draw: a curve each, or one for the seeds of a group. */
function linesOf(panel, { axis, smoothing, seeds }) {
  const lines = panel.curves
    .filter(({ run }) => isShown(run))
    .map((curve) => {
      const value = numbers(curve.value);
      const span = smoothing ** 2 * 0.25 * value.length;
      const isSmooth = smoothing > 0 && span > 1 && (curve.every === "step" || !panel.mixed);
      return {
        ...curve,
        x: axisOf(curve, axis),
        raw: isSmooth ? value : null,
        y: isSmooth ? Float32Array.from(smooth(value, span)) : value,
      };
    });
  if (!seeds) return lines;
  const groups = new Map();
  for (const line of lines) {
    const key = data.groups.length > 0 && !panel.mixed ? groupOf[line.run] : Symbol();
    groups.set(key, [...(groups.get(key) ?? []), line]);
  }
  return [...groups.values()].map((members) => (members.length === 1 ? members[0] : merged(members)));
}

function merged(members) {
  const { x, mean, low, high } = mergeSeeds(members);
  const [first] = members;
  const label = `${data.groups[groupOf[first.run]].label} (mean of ${members.length} seeds)`;
  return { ...first, label, x, y: mean, raw: null, band: { low, high } };
}

function axisOf({ epoch, seconds, per }, axis) {
  if (axis === "time") return numbers(seconds);
  return axis === "epoch" ? numbers(epoch) : numbers(epoch).map((value) => Math.round(value * per));
}

function extent(lines) {
  let last = 0;
  for (const { x } of lines) last = Math.max(last, x.at(-1) ?? 0);
  return [0, last > 0 ? last : 1];
}

/** Beyond so many times the middle curve's top, a curve does not decide what the linear frame shows. */
const farAbove = 8;

/** Ends of the axis of values. Of a linear one what is far above the rest is left out, and counted. */
function valueRange(lines, panel, scale) {
  const isLog = scale === "logarithmic";
  let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  const tops = [];
  for (const { y, raw, band } of lines) {
    const values = [y, raw, band?.low, band?.high].filter(Boolean);
    let top = Number.NEGATIVE_INFINITY;
    for (const each of values)
      for (const value of each) {
        if (!Number.isFinite(value) || (isLog && value <= 0)) continue;
        if (value < low) low = value;
        if (value > top) top = value;
      }
    if (!Number.isFinite(top)) continue;
    high = Math.max(high, top);
    tops.push(Math.min(top, withoutSpikes(y)));
  }
  if (low > high) return { ends: isLog ? [0.1, 1] : [0, 1], above: 0 };
  if (isLog) return { ends: [low / 1.1, high * 1.1], above: 0 };
  if (panel.range) return { ends: panel.range, above: 0 };
  const most = panel.mixed ? Number.POSITIVE_INFINITY : farAbove * quantile(tops, 0.5);
  const usual = Math.max(...tops.filter((top) => top <= most), low);
  const top = low >= 0 && high > 1.5 * usual ? usual : high;
  const room = 0.06 * (top - low || Math.abs(top) || 1);
  const floor = low >= 0 && low < 0.35 * top ? 0 : low - room;
  return { ends: [floor, top + room], above: top < high ? countAbove(lines, top + room) : 0 };
}

/** A curve's greatest value, or what nearly all of it stays below where single values stand far above. */
function withoutSpikes(values) {
  const finite = Array.from(values).filter(Number.isFinite);
  const usual = quantile(finite, 0.95);
  const most = finite.reduce((greatest, value) => Math.max(greatest, value), usual);
  return most > 4 * usual ? 1.5 * usual : most;
}

function quantile(values, share) {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(share * (sorted.length - 1))] ?? Number.NaN;
}

function countAbove(lines, top) {
  return lines.reduce(
    (sum, { y }) => sum + y.filter((value) => value > top && Number.isFinite(value)).length,
    0,
  );
}

function sayHidden(canvas, above) {
  const card = canvas.closest(".panel");
  card.querySelector("[data-above]")?.remove();
  if (above === 0) return;
  const note = document.createElement("p");
  note.className = "notes";
  note.dataset.above = "";
  note.textContent = `${above} ${above === 1 ? "value lies" : "values lie"} above the linear frame; the logarithmic scale shows all.`;
  card.append(note);
}

function draw(context, area, panel, lines, { x: toX, y: toY }) {
  const bundle = lines.length > many;
  const dots = lines.length <= 6;
  context.save();
  context.beginPath();
  context.rect(area.left - 1, area.top - 1, area.right - area.left + 2, area.bottom - area.top + 2);
  context.clip();
  if (panel.reference !== null)
    drawLine(
      context,
      { x: [0, 1e12], y: [panel.reference, panel.reference] },
      (value) => (value === 0 ? area.left : area.right),
      toY,
      { color: strokeOf(null), width: 1, dash: [4, 4] },
    );
  // The colored ones on top.
  const ordered = [...lines].sort((a, b) => Number(a.color !== null) - Number(b.color !== null));
  for (const line of ordered) {
    const color = strokeOf(line.color);
    if (line.band) drawBand(context, line.x, line.band.low, line.band.high, toX, toY, color);
    if (line.raw && !bundle)
      drawLine(context, { x: line.x, y: line.raw }, toX, toY, { color, width: 1, alpha: 0.3 });
    drawLine(context, line, toX, toY, {
      color,
      width: bundle && line.color === null ? 1 : 2,
      dash: dashOf(line.color),
      alpha: bundle && line.color === null ? 0.25 : 1,
      dots: dots && line.every === "epoch" && line.x.length <= 60,
    });
    drawMarks(context, line, toX, area, color);
  }
  context.restore();
}
