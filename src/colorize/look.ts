// A photograph looked at once: its lightness on a coarse grid, which guides colors and is shown to the network, and how
// its lightness is spread. Whether it is toned (one hue that follows lightness) is told as src/datasets/inspect tells it.

import { rgbToLab } from "../color/lab.ts";
import { lightnessOfLuminance } from "../color/luminance.ts";
import { colorfulnessOf, isGreyscale } from "../datasets/inspect/is-greyscale.ts";
import type { Photograph } from "./decode-photograph.ts";
import type { Pause } from "./pause.ts";
import { type Plane, resampled } from "./resample.ts";

export type Look = {
  /** Mean L of what each cell covers, on white where it is transparent; at most 1024 cells a side. */
  readonly grid: Plane;
  /** Of L below 0, 0.1, 0.2, …, 100: how many pixels. */
  readonly histogram: Float64Array;
  /** grey: neutral, or nearly; toned: one color that follows from lightness; color: anything else. */
  readonly kind: "grey" | "toned" | "color";
};

/** On the grid that guides colors. */
export const mostCells = 1024;
export const histogramStep = 0.1;
/** Mean chroma from which on grey counts as toned. */
const leastTone = 3;
const lookSize = 32;

export async function lookAt(photograph: Photograph, pause: Pause): Promise<Look> {
  const { numbers, channels, hasAlpha, most, light } = photograph;
  const colors = light.length;
  const histogram = new Float64Array(100 / histogramStep + 1);
  let shades: readonly Float32Array[] = [];
  const grid = await lightnessGrid(photograph, mostCells, pause, {
    start(cells) {
      if (colors === 3) shades = [0, 1, 2].map(() => new Float32Array(cells));
    },
    see(pixel, l, cell) {
      const from = pixel * channels;
      const share = hasAlpha ? numbers[from + colors]! / most : 1;
      if (share > 0) histogram[Math.round(l / histogramStep)]! += share;
      for (let color = 0; color < shades.length; color++) shades[color]![cell]! += numbers[from + color]!;
    },
    end(cell, count) {
      for (const shade of shades) shade[cell]! *= 255 / most / count;
    },
  });
  return { grid, histogram, kind: colors === 1 ? "grey" : kindOf({ ...grid, shades }) };
}

/** What else is seen on the way: every pixel with its L and its cell, then every cell with how many pixels it had. */
type Watcher = {
  start(cells: number): void;
  see(pixel: number, l: number, cell: number): void;
  end(cell: number, count: number): void;
};

/** Mean L of what each cell covers, on white where it is transparent; at most `mostCells` cells a side. */
export async function lightnessGrid(
  photograph: Photograph,
  mostCells: number,
  pause: Pause,
  watcher?: Watcher,
): Promise<Plane> {
  const { width, height, numbers, channels, hasAlpha, most } = photograph;
  const { across, down, cellOf, counts } = cellsOf(photograph, mostCells);
  const values = new Float32Array(across * down);
  watcher?.start(values.length);
  const line = new Float32Array(width);
  for (let row = 0, rowsOfCell = 0, cellRow = 0; row < height; row++) {
    const at = cellRow * across;
    lightnessOfRow(photograph, row, line);
    for (let column = 0, pixel = row * width; column < width; column++, pixel++) {
      const l = line[column]!;
      const cell = at + cellOf[column]!;
      const share = hasAlpha ? numbers[(pixel + 1) * channels - 1]! / most : 1;
      values[cell]! += share * l + (1 - share) * 100;
      watcher?.see(pixel, l, cell);
    }
    rowsOfCell++;
    if (Math.floor(((row + 1) * down) / height) === cellRow && row + 1 < height) continue;
    for (let cell = at; cell < at + across; cell++) {
      const count = counts[cell - at]! * rowsOfCell;
      values[cell]! /= count;
      watcher?.end(cell, count);
    }
    cellRow++;
    rowsOfCell = 0;
    await pause(row, width);
  }
  return { width: across, height: down, values };
}

/** A grid of the photograph's shape: its sides, and for each column its cell and how many columns that has. */
function cellsOf({ width, height }: Photograph, most: number) {
  const shrink = Math.max(1, Math.max(width, height) / most);
  const [across, down] = [width, height].map((side) => Math.max(1, Math.round(side / shrink))) as [
    number,
    number,
  ];
  const cellOf = Uint32Array.from({ length: width }, (_, column) => Math.floor((column * across) / width));
  const counts = new Float32Array(across);
  for (const cell of cellOf) counts[cell]!++;
  return { across, down, cellOf, counts };
}

/** L of each pixel of a row. */
export function lightnessOfRow(
  { width, numbers, channels, light }: Photograph,
  row: number,
  into: Float32Array,
): void {
  let at = row * width * channels;
  const [red, green, blue] = light as [Float32Array, Float32Array?, Float32Array?];
  if (green === undefined || blue === undefined) {
    for (let column = 0; column < width; column++, at += channels)
      into[column] = lightnessOfLuminance(red[numbers[at]!]!);
    return;
  }
  for (let column = 0; column < width; column++, at += channels) {
    const y = red[numbers[at]!]! + green[numbers[at + 1]!]! + blue[numbers[at + 2]!]!;
    into[column] = lightnessOfLuminance(y);
  }
}

type Shades = { readonly width: number; readonly height: number; readonly shades: readonly Float32Array[] };

function kindOf({ width, height, shades }: Shades): Look["kind"] {
  const rgb = new Uint8ClampedArray(3 * lookSize ** 2);
  for (const [color, values] of shades.entries()) {
    const small = resampled({ width, height, values }, lookSize, lookSize).values;
    for (const [place, value] of small.entries()) rgb[3 * place + color] = value;
  }
  const bytes = new Uint8Array(rgb.buffer);
  if (!isGreyscale(colorfulnessOf(bytes).value)) return "color";
  const lab = rgbToLab(bytes);
  let chroma = 0;
  for (let at = 0; at < lab.length; at += 3) chroma += Math.hypot(lab[at + 1]!, lab[at + 2]!);
  return chroma / lookSize ** 2 < leastTone ? "grey" : "toned";
}
