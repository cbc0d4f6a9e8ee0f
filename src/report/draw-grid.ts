// The study's grid as one picture: seen on the left, unseen on the right, labelled rows.

import sharp, { type OverlayOptions } from "sharp";
import type { GridSide } from "./grid-model.ts";
import { escapeHtml } from "./html.ts";
import type { ReportStore } from "./read-report-runs.ts";

const label = 150;
const heading = 40;
const gap = 6;
const between = 30;
const margin = 20;
/** Small images are enlarged by whole factors until they are at least this wide, so that pixels stay square. */
const leastTile = 96;

/** PNG; null where there is no picture. */
export async function drawGrid(
  store: Pick<ReportStore, "blob">,
  sides: readonly GridSide[],
): Promise<Uint8Array | null> {
  const first = sides
    .flatMap(({ rows }) => rows.flatMap(({ hashes }) => hashes))
    .find((hash) => hash !== null);
  if (first == null) return null;
  const { width: size } = await sharp(store.blob(first)!.bytes).metadata();
  const tile = size * Math.max(1, Math.ceil(leastTile / size));
  const rows = sides[0]!.rows;
  const top = (row: number) => margin + heading + row * (tile + gap) + (row > 1 ? 2 * gap : 0);
  const layers: OverlayOptions[] = [];
  const texts = rows.map(
    (row, index) => `<text x="${margin}" y="${top(index) + tile / 2 + 6}">${escapeHtml(row.label)}</text>`,
  );
  let left = margin + label;
  for (const side of sides) {
    const title = side.set === "seen" ? "Seen in training" : "Not seen in training";
    texts.push(`<text x="${left}" y="${margin + 22}" font-weight="bold">${title}</text>`);
    for (const [index, row] of side.rows.entries())
      for (const [column, hash] of row.hashes.entries()) {
        const blob = hash === null ? undefined : store.blob(hash);
        if (blob === undefined) continue;
        const input = await sharp(blob.bytes).resize(tile, tile, { kernel: "nearest" }).png().toBuffer();
        layers.push({ input, left: left + column * (tile + gap), top: top(index) });
      }
    left += side.imageIds.length * (tile + gap) + between;
  }
  const width = left - between - gap + margin;
  const height = top(rows.length) - gap + margin;
  const words = `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" font-family="sans-serif" font-size="17" fill="#1b1d21">${texts.join("")}</svg>`;
  return sharp({ create: { width, height, channels: 3, background: "#ffffff" } })
    .composite([...layers, { input: Buffer.from(words), left: 0, top: 0 }])
    .png()
    .toBuffer();
}
