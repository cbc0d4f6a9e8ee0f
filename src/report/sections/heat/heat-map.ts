// A heat map of two parameters as SVG. Used by the page's script too: it needs nothing of Node.

import { rankOf } from "../../../runs/best.ts";
import { shorten } from "../../../runs/format/words.ts";
import type { Better } from "../../../runs/series.ts";
import { type Html, html } from "../../html.ts";
import { inkOn, valueColor } from "../../palette.ts";
import { inOrder, valueGroups } from "../../sweep/value-groups.ts";

export type HeatCell = {
  readonly x: string | null;
  readonly y: string | null;
  /** Of a trial that is complete; null of others. */
  readonly value: number | null;
  /** What it is called where nothing of its cell is complete, such as "diverged". */
  readonly state: string;
};

export type HeatMapOptions = {
  readonly x: string;
  /** Empty where x is the only parameter: a single row. */
  readonly y: string;
  readonly value: string;
  /** Yellow is good; "none" makes the highest yellow. */
  readonly better: Better;
  format(value: number): string;
};

/** Of the trials of a cell. */
type Mean = {
  readonly mean: number;
  /** How many are in it. */
  readonly count: number;
  /** The states of those that are not. */
  readonly others: readonly string[];
  /** How many of these diverged. */
  readonly diverged: number;
};

const cellWidth = 116;
const cellHeight = 48;
const left = 150;
const top = 48;
const mostTicks = 24;
/** Numbers of more different values are grouped. */
const mostValues = 12;

/**
 * Every cell is the mean of its complete trials, with their number where there are several. Colors are ranks, as in the
 * parallel coordinates: one value far off does not make all others look alike; the larger the share of a
 * cell's trials that diverged, the further behind it stands.
 */
export function heatMapSvg(cells: readonly HeatCell[], options: HeatMapOptions): Html {
  const columns = valueGroups(
    cells.map(({ x }) => x),
    mostValues,
  );
  const lines = valueGroups(
    cells.map(({ y }) => y),
    mostValues,
  );
  const [[xs, xName], [ys, yName]] = [shown(columns, options.x), shown(lines, options.y)];
  const means = new Map<string, Mean>();
  for (const x of xs)
    for (const y of ys) {
      const inside = cells.filter((_, at) => columns[at] === x && lines[at] === y);
      const values = inside.flatMap(({ value }) => value ?? []);
      if (inside.length > 0)
        means.set(JSON.stringify([x, y]), {
          mean: values.reduce((sum, value) => sum + value, 0) / values.length,
          count: values.length,
          others: inside.filter(({ value }) => value === null).map(({ state }) => state),
          diverged: inside.filter(({ state }) => state === "diverged").length,
        });
    }
  const better = options.better === "none" ? "higher" : options.better;
  const lost = ({ diverged, count }: Mean) => diverged / (diverged + count);
  const behind = (a: Mean, b: Mean) => lost(a) - lost(b) || rankOf(a.mean, better) - rankOf(b.mean, better);
  const places = [...means.values()].filter(({ mean }) => Number.isFinite(mean)).sort(behind);
  const goodness = (cell: Mean) =>
    places.length < 2 ? 1 : 1 - places.findIndex((other) => behind(other, cell) === 0) / (places.length - 1);
  const width = left + xs.length * cellWidth + 10;
  const height = top + ys.length * cellHeight + 44;
  return html`<svg class="heat" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" aria-label="${options.value} over ${options.x} and ${options.y}">
<text x="4" y="16" class="axis-name">${options.value}</text>
${ys.map((y, row) => html`<text x="${left - 8}" y="${top + row * cellHeight + cellHeight / 2 + 4}" text-anchor="end" class="tick">${options.y === "" ? "" : shorten(y, 20)}</text>`)}
${xs.map((x, column) => html`<text x="${left + column * cellWidth + cellWidth / 2}" y="${top + ys.length * cellHeight + 16}" text-anchor="middle" class="tick">${shorten(x, 18)}</text>`)}
<text x="${left}" y="${height - 8}" class="tick">${xName}</text><text x="4" y="38" class="tick">${yName}</text>
${ys.flatMap((y, row) =>
  xs.map((x, column) => {
    const cell = means.get(JSON.stringify([x, y]));
    const at = { x: left + column * cellWidth, y: top + row * cellHeight };
    if (cell === undefined)
      return html`<rect x="${at.x}" y="${at.y}" width="${cellWidth - 2}" height="${cellHeight - 2}" class="empty"/>`;
    const hasValue = Number.isFinite(cell.mean);
    const share = hasValue ? goodness(cell) : Number.NaN;
    const ink = hasValue ? inkOn(share) : "#111111";
    const count = countOf(cell);
    const word = hasValue ? options.format(cell.mean) : (cell.others[0] ?? "none");
    return html`<rect x="${at.x}" y="${at.y}" width="${cellWidth - 2}" height="${cellHeight - 2}" rx="4" fill="${valueColor(share)}"/><text x="${at.x + cellWidth / 2 - 1}" y="${at.y + (count ? 21 : 27)}" text-anchor="middle" fill="${ink}" class="cell">${word}</text>${count && html`<text x="${at.x + cellWidth / 2 - 1}" y="${at.y + 37}" text-anchor="middle" fill="${ink}" class="count">${count}</text>`}`;
  }),
)}
</svg>`;
}

/** The values that there is room for, and what the axis is called. */
function shown(labels: readonly string[], name: string): [string[], string] {
  const values = inOrder(labels);
  const more = values.length - mostTicks;
  return [values.slice(0, mostTicks), more > 0 ? `${name} (${more} more values are not shown)` : name];
}

function countOf({ count, others, diverged }: Mean): string {
  const all = count + others.length;
  if (count > 0 && diverged > 0) return `${diverged} of ${all} diverged`;
  if (others.length > 0) return `${count} of ${all}`;
  return all > 1 ? `${all} trials` : "";
}
