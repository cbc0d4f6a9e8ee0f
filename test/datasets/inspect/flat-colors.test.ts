// Drawings in a few flat colors are pictures with color, and toned photographs are none, whatever the size of the file
// and the size that they are trained at.

import assert from "node:assert/strict";
import { join } from "node:path";
import { test } from "node:test";
import sharp, { type Sharp } from "sharp";
import { isGreyscale } from "../../../src/datasets/inspect/is-greyscale.ts";
import { decodeFile } from "../../../src/datasets/prepare/decode.ts";
import { drawScene } from "../../../src/datasets/scenes/scenes.ts";
import { temporaryFolder, write } from "../pictures.ts";

type Rgb = readonly [number, number, number];
/** The color at a place; both from 0 to 1. */
type Drawing = (x: number, y: number) => Rgb;

const white: Rgb = [255, 255, 255];
const black: Rgb = [0, 0, 0];
const red: Rgb = [206, 17, 38];
const upright =
  (...colors: readonly Rgb[]): Drawing =>
  (x) =>
    colors[Math.floor(x * colors.length)]!;
const lying =
  (...colors: readonly Rgb[]): Drawing =>
  (_, y) =>
    colors[Math.floor(y * colors.length)]!;
const disc =
  (inside: Rgb, outside: Rgb): Drawing =>
  (x, y) =>
    Math.hypot(x - 0.5, y - 0.5) < 0.3 ? inside : outside;

const drawings: Readonly<Record<string, Drawing>> = {
  france: upright([0, 35, 149], white, [237, 41, 57]),
  germany: lying(black, [221, 0, 0], [255, 206, 0]),
  ireland: upright([22, 155, 98], white, [255, 136, 62]),
  ukraine: lying([0, 87, 183], [255, 215, 0]),
  japan: disc([188, 0, 45], white),
  bangladesh: disc([244, 42, 65], [0, 106, 78]),
  "no entry": (x, y) =>
    Math.abs(y - 0.5) < 0.08 && Math.abs(x - 0.5) < 0.3
      ? white
      : disc(red, white)(x * 0.75 + 0.125, y * 0.75 + 0.125),
  "green sign": (x, y) => (Math.abs(x - 0.5) < 0.3 && Math.floor(y * 9) % 2 === 1 ? white : [0, 107, 84]),
  "brown sign": (x, y) => (Math.abs(x - 0.5) < 0.25 && Math.floor(y * 5) % 2 === 1 ? white : [128, 72, 28]),
  sprite: (x, y) => {
    const [column, row] = [Math.floor(16 * x), Math.floor(16 * y)];
    if (Math.hypot(column - 7.5, row - 7.5) > 6) return [92, 148, 252];
    return row < 6 ? [192, 16, 16] : row < 10 ? [252, 188, 140] : [120, 60, 0];
  },
};

function drawn(drawing: Drawing, size: number): Sharp {
  const raw = Buffer.alloc(3 * size * size);
  for (let y = 0; y < size; y++) {
    for (let x = 0; x < size; x++) raw.set(drawing((x + 0.5) / size, (y + 0.5) / size), 3 * (y * size + x));
  }
  return sharp(raw, { raw: { width: size, height: size, channels: 3 } });
}

async function verdicts(path: string): Promise<string> {
  const found = new Set<string>();
  for (const size of [8, 32, 64, 128]) {
    const decoded = await decodeFile(path, size);
    assert.ok("pixels" in decoded);
    found.add(isGreyscale(decoded.look.colorfulness) ? "grey" : "color");
  }
  return [...found].join(" and ");
}

test("flags, signs and sprites have color at every size", async (t) => {
  const folder = temporaryFolder(t);
  for (const [name, drawing] of Object.entries(drawings)) {
    for (const side of [20, 32, 48, 64, 150, 256]) {
      const path = join(folder, `${name} ${side}`);
      const picture = drawn(drawing, side);
      write(`${path}.png`, await picture.png().toBuffer());
      write(`${path}.jpg`, await picture.jpeg({ quality: 80 }).toBuffer());
      assert.equal(await verdicts(`${path}.png`), "color", `${name}, ${side}, PNG`);
      assert.equal(await verdicts(`${path}.jpg`), "color", `${name}, ${side}, JPEG`);
    }
  }
});

test("the same shapes in grey, and toned scenes, have none at any size", async (t) => {
  const path = join(temporaryFolder(t), "a.png");
  for (const [name, drawing] of Object.entries(drawings)) {
    for (const side of [20, 64, 150]) {
      write(path, await drawn(drawing, side).grayscale().toColourspace("srgb").png().toBuffer());
      assert.equal(await verdicts(path), "grey", `${name}, ${side}`);
    }
  }
  const tones: Record<string, (grey: number) => readonly number[]> = {
    sepia: (grey) => [40 + 0.8 * grey, 25 + 0.75 * grey, 10 + 0.6 * grey],
    cyanotype: (grey) => [10 + 0.9 * grey, 30 + 0.86 * grey, 70 + 0.7 * grey],
  };
  for (const [name, tone] of Object.entries(tones)) {
    for (let index = 0; index < 8; index++) {
      const grey = await sharp(drawScene(2, index, 160), { raw: { width: 160, height: 160, channels: 3 } })
        .grayscale()
        .normalise()
        .raw()
        .toBuffer();
      const rgb = Buffer.from(Array.from(grey).flatMap((level) => tone(level).map(Math.round)));
      write(
        path,
        await sharp(rgb, { raw: { width: 160, height: 160, channels: 3 } })
          .png()
          .toBuffer(),
      );
      assert.equal(await verdicts(path), "grey", `${name} ${index}`);
    }
  }
});
