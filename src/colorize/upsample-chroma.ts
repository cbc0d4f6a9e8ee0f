// Coarse chroma brought up to the grid of a photograph's lightness: bicubic, then the guided filter, whose lines make of the
// full lightness the full chroma. A window covers a few of the network's pixels, as its colors are blurred about as far; the
// second pass halves what the first one leaves of that blur (test/colorize).

import { guidedLines, type Lines, type Window } from "./guided-filter.ts";
import type { Predicted } from "./predict-chroma.ts";
import { type Plane, resampled } from "./resample.ts";

export type Upsampling = "guided" | "bicubic";

/** Chroma is a L + b, for the axes a and b of Lab; planes as of the grid. */
export type ChromaLines = {
  readonly width: number;
  readonly height: number;
  readonly axes: readonly [Lines, Lines];
};

/** Pixels of the network that a window reaches to each side. */
const reach = 2;
const passes = 2;
/** Texture that varies less than 3 units of L takes one color. */
const epsilon = 3 ** 2;

export function upsampleChroma(grid: Plane, predicted: Predicted, upsampling: Upsampling): ChromaLines {
  const { width, height } = grid;
  const smooth = predicted.chroma.map(
    (values) => resampled({ width: predicted.width, height: predicted.height, values }, width, height).values,
  );
  const radius = Math.round((reach * Math.max(width, height)) / Math.max(predicted.width, predicted.height));
  const window = { radius: Math.max(1, radius), epsilon };
  const axes = upsampling === "bicubic" ? smooth.map(constant) : guided(grid, smooth, window);
  return { width, height, axes: axes as unknown as readonly [Lines, Lines] };
}

const constant = (b: Float32Array): Lines => ({ a: new Float32Array(b.length), b });

function guided(grid: Plane, smooth: readonly Float32Array[], window: Window): Lines[] {
  let pictures = smooth;
  for (let pass = 1; ; pass++) {
    const lines = guidedLines(grid, pictures, window);
    if (pass === passes) return lines;
    pictures = lines.map(({ a, b }) => grid.values.map((l, at) => a[at]! * l + b[at]!));
  }
}
