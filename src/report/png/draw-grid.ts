// The study's grid as one picture: real, grey, then every epoch of one run, or the last epoch of several.

import sharp, { type OverlayOptions } from "sharp";
import { shorten } from "../../runs/format/words.ts";
import { escapeHtml } from "../html.ts";
import type { ReportStore } from "../read-report-runs.ts";
import { type SampleGrid, setNames } from "../sections/samples/model.ts";

const label = 170;
const heading = 40;
const gap = 6;
const between = 30;
const lineHeight = 20;
/** Characters that find room beside the pictures, and lines beside the smallest. */
const longestLine = 18;
const mostLines = 4;
const margin = 20;
/** Small images are enlarged by whole factors until they are at least this wide, so that pixels stay square. */
const leastTile = 96;

type Row = { readonly label: string; readonly hashes: readonly (string | null)[] };

/** PNG; null where there is no picture. */
export async function drawGrid(
  store: Pick<ReportStore, "picture">,
  grid: SampleGrid,
  epochs: readonly number[],
): Promise<Uint8Array | null> {
  const rows = rowsOf(grid, epochs);
  const first = rows.flatMap(({ hashes }) => hashes).find((hash) => hash !== null);
  if (first == null) return null;
  const { width: size } = await sharp(store.picture(first).bytes).metadata();
  const tile = size * Math.max(1, Math.ceil(leastTile / size));
  const top = (row: number) => margin + heading + row * (tile + gap) + (row > 1 ? 2 * gap : 0);
  const sides = grid.columns.map(({ set }) => set);
  const left = (column: number) =>
    margin +
    label +
    column * (tile + gap) +
    (sides[column] === "unseen" && sides[0] === "seen" ? between : 0);
  const texts = rows.flatMap((row, index) => {
    const lines = labelLines(row.label);
    const middle = top(index) + tile / 2 + 6 - ((lines.length - 1) * lineHeight) / 2;
    return lines.map(
      (line, at) => `<text x="${margin}" y="${middle + at * lineHeight}">${escapeHtml(line)}</text>`,
    );
  });
  for (const set of new Set(sides)) {
    const title = setNames[set as keyof typeof setNames] ?? grid.images ?? set;
    texts.push(
      `<text x="${left(sides.indexOf(set))}" y="${margin + 22}" font-weight="bold">${escapeHtml(shorten(title, 60))}</text>`,
    );
  }
  const layers: OverlayOptions[] = [];
  for (const [index, { hashes }] of rows.entries())
    for (const [column, hash] of hashes.entries()) {
      if (hash === null) continue;
      const input = await sharp(store.picture(hash).bytes)
        .resize(tile, tile, { kernel: "nearest" })
        .png()
        .toBuffer();
      layers.push({ input, left: left(column), top: top(index) });
    }
  const width = left(sides.length - 1) + tile + margin;
  const height = top(rows.length) - gap + margin;
  const words = `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" font-family="sans-serif" font-size="17" fill="#1b1d21">${texts.join("")}</svg>`;
  return sharp({ create: { width, height, channels: 3, background: "#ffffff" } })
    .composite([...layers, { input: Buffer.from(words), left: 0, top: 0 }])
    .png()
    .toBuffer();
}

/** What tells runs apart stands at the end of their names, as a seed does: they are broken at blanks, and cut only after four lines. */
export function labelLines(text: string): string[] {
  const lines: string[] = [];
  for (const word of text.split(" ")) {
    const longer = `${lines.at(-1)} ${word}`;
    if (lines.length > 0 && longer.length <= longestLine) lines.splice(-1, 1, longer);
    else lines.push(word);
  }
  const kept =
    lines.length <= mostLines
      ? lines
      : [...lines.slice(0, mostLines - 1), lines.slice(mostLines - 1).join(" ")];
  return kept.map((line) => shorten(line, longestLine));
}

function rowsOf({ columns, rows }: SampleGrid, epochs: readonly number[]): Row[] {
  const only = rows.length === 1 ? rows[0]! : null;
  const colored = only
    ? epochs.map((epoch, at) => ({ label: `Epoch ${epoch}`, hashes: only.cells[at]! }))
    : rows.map(({ name, cells }) => ({
        label: name,
        hashes: cells.findLast((row) => row.some((hash) => hash !== null)) ?? [],
      }));
  return [
    { label: "Real colors", hashes: columns.map(({ real }) => real) },
    { label: "Black and white", hashes: columns.map(({ grey }) => grey) },
    ...colored,
  ];
}
