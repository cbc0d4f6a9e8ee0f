// The first images of both sides on one sheet: seen above, unseen below.

import sharp, { type OverlayOptions } from "sharp";
import type { PreparedDataset } from "../../datasets/prepare/prepare.ts";

const margin = 16;
const gap = 4;
const heading = 34;
const columns = 8;
/** Small images are enlarged by whole factors until they are at least this wide, so that pixels stay square. */
const leastTile = 96;

/** Writes an image file whose form its name says: at most `count` images of each side. */
export async function writeContactSheet(
  dataset: PreparedDataset,
  count: number,
  file: string,
): Promise<void> {
  const { size } = dataset;
  const tile = size * Math.max(1, Math.ceil(leastTile / size));
  const layers: OverlayOptions[] = [];
  const texts: string[] = [];
  let top = margin;
  for (const side of ["seen", "unseen"] as const) {
    const indices = dataset[side].subarray(0, count);
    texts.push(
      `<text x="${margin}" y="${top + 20}">${side}: ${indices.length} of ${dataset[side].length}</text>`,
    );
    top += heading;
    for (const [place, index] of indices.entries()) {
      const pixels = new Uint8Array(size * size * 3);
      dataset.read([index], pixels);
      const input = await sharp(pixels, { raw: { width: size, height: size, channels: 3 } })
        .resize(tile, tile, { kernel: "nearest" })
        .png()
        .toBuffer();
      const [column, row] = [place % columns, Math.floor(place / columns)];
      layers.push({ input, left: margin + column * (tile + gap), top: top + row * (tile + gap) });
    }
    top += Math.ceil(indices.length / columns) * (tile + gap) + margin;
  }
  const width = 2 * margin + columns * (tile + gap) - gap;
  const words = `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${top}" font-family="sans-serif" font-size="17" fill="#1b1d21">${texts.join("")}</svg>`;
  await sharp({ create: { width, height: top, channels: 3, background: "#ffffff" } })
    .composite([...layers, { input: Buffer.from(words), left: 0, top: 0 }])
    .toFile(file);
}
