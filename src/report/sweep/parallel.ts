// Parallel coordinates as SVG: an axis for each parameter and one for the result, a line for each trial.
// Brushing is client/sweep.js's.

import { formatNumber, shorten } from "../format.ts";
import { type Html, html } from "../html.ts";
import { neutral, valueColor } from "../palette.ts";
import { shortName } from "./sweep-html.ts";
import type { SweepInput } from "./trials.ts";

const height = 340;
const top = 46;
const bottom = 40;
const side = 80;

export type ParallelAxis = {
  readonly name: string;
  /** Where its labels stand: share of the height from above, text. */
  readonly ticks: readonly { readonly at: number; readonly text: string }[];
  /** One for each trial: share of the height; 1.08 is below the axis, for what has none. */
  readonly places: readonly number[];
  readonly words: readonly string[];
};

const missing = 1.08;

export function parallelAxes(sweep: SweepInput): ParallelAxis[] {
  const results = sweep.values.slice(0, 1).map(({ name, unit, better }) => {
    const values = sweep.trials.map(({ values }) => values[0] ?? Number.NaN);
    // What is good is above.
    const axis = numberAxis(unit === "" ? name : `${name}, ${unit}`, values, better === "higher");
    const isLacking = values.some((value) => !Number.isFinite(value));
    return isLacking ? { ...axis, ticks: [...axis.ticks, { at: missing, text: "none" }] } : axis;
  });
  const parameters = sweep.parameters.map((name, index) => {
    const values = sweep.trials.map(({ parameters }) => parameters[index] ?? null);
    const numbers = values.map((value) =>
      value === null || value.trim() === "" ? Number.NaN : Number(value),
    );
    const isNumeric = values.every((value, at) => value === null || Number.isFinite(numbers[at]!));
    const distinct = new Set(values.filter((value) => value !== null)).size;
    return isNumeric && distinct > 6 ? numberAxis(name, numbers, true) : wordAxis(name, values, isNumeric);
  });
  return [...parameters, ...results];
}

function wordAxis(name: string, values: readonly (string | null)[], isNumeric: boolean): ParallelAxis {
  const distinct = [...new Set(values.filter((value) => value !== null))].sort((a, b) =>
    isNumeric ? Number(b) - Number(a) : a.localeCompare(b),
  );
  const placeOf = (value: string) =>
    distinct.length === 1 ? 0.5 : distinct.indexOf(value) / (distinct.length - 1);
  return {
    name,
    ticks: distinct.map((value) => ({ at: placeOf(value), text: shorten(value, 18) })),
    places: values.map((value) => (value === null ? missing : placeOf(value))),
    words: values.map((value) => value ?? "–"),
  };
}

/** Logarithmic where its values span more than a factor of ten. */
function numberAxis(name: string, values: readonly number[], greatAbove: boolean): ParallelAxis {
  const finite = values.filter(Number.isFinite);
  const [low, high] = [Math.min(...finite), Math.max(...finite)];
  const isLog = low > 0 && high / low > 10;
  const scaled = (value: number) => (isLog ? Math.log(value) : value);
  const share = (value: number) => {
    if (!Number.isFinite(value)) return missing;
    const up = high === low ? 0.5 : (scaled(value) - scaled(low)) / (scaled(high) - scaled(low));
    return greatAbove ? 1 - up : up;
  };
  const middle = isLog ? Math.sqrt(low * high) : (low + high) / 2;
  const ticks = finite.length === 0 ? [] : [...new Set([low, middle, high])];
  return {
    name,
    ticks: ticks.map((value) => ({ at: share(value), text: formatNumber(value) })),
    places: values.map(share),
    words: values.map((value) => (Number.isFinite(value) ? formatNumber(value) : "–")),
  };
}

/** Color is the result's rank: yellow is best. Pruned trials are dashed, those without a result grey. */
export function parallelSvg(sweep: SweepInput, axes: readonly ParallelAxis[]): Html {
  const between = Math.min(205, Math.max(150, 1100 / Math.max(1, axes.length - 1)));
  const width = 2 * side + between * Math.max(1, axes.length - 1);
  const plot = height - top - bottom;
  const x = (axis: number) => side + axis * between;
  const y = (share: number) => top + share * plot;
  const result = axes.at(-1)!;
  const sorted = result.places.filter((place) => place <= 1).sort((a, b) => a - b);
  const goodness = (place: number) => 1 - sorted.indexOf(place) / Math.max(1, sorted.length - 1);
  const lines = sweep.trials.map(({ number, state, reason }, trial) => {
    const place = result.places[trial]!;
    const color = place > 1 ? neutral : valueColor(goodness(place));
    const points = axes.map(({ places }, axis) => `${x(axis)},${y(places[trial]!).toFixed(1)}`).join(" ");
    return {
      place,
      state,
      svg: html`<polyline points="${points}" stroke="${color}" class="${state}" data-trial="${trial}"><title>trial ${number}, ${state}${reason !== null && html`: ${shorten(reason, 300)}`}</title></polyline>`,
    };
  });
  // The best ones on top.
  const ordered = [...lines].sort((a, b) => b.place - a.place);
  return html`<svg class="parallel" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" data-parallel="" role="group" aria-label="Parallel coordinates of ${sweep.trials.length} trials">
<g class="trials">${ordered.map(({ svg }) => svg)}</g>
${axes.map(
  (
    { name, ticks },
    axis,
  ) => html`<g class="axis"><line x1="${x(axis)}" x2="${x(axis)}" y1="${top}" y2="${top + plot}"/>
<text x="${x(axis)}" y="${axis % 2 === 0 ? 16 : 32}" text-anchor="middle" class="axis-name">${shorten(shortName(name), 26)}<title>${name}</title></text>
${ticks.map(({ at, text }) => html`<text x="${x(axis) + 7}" y="${y(at) + 4}" class="tick">${text}</text>`)}
<rect data-brush="${axis}" x="${x(axis) - 9}" width="18" y="0" height="0" visibility="hidden" class="brush"/>
<rect data-axis-area="${axis}" data-top="${top}" data-height="${plot}" x="${x(axis) - 16}" y="${top - 8}" width="32" height="${plot + 34}" class="axis-area" tabindex="0" role="slider" aria-label="Range of ${name}: arrow keys choose, Escape clears" aria-valuenow="0"/></g>`,
)}
</svg>`;
}
