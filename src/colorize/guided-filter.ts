// The guided filter (He, Sun, Tang: Guided Image Filtering, ECCV 2010 and PAMI 2013): in every window the result is a line
// of the guide, q = a I + b, fitted to the picture by least squares with `epsilon` against steep ones; every place takes
// the mean of the lines of all windows that cover it. The lines are given out, not the result: they may be put on a finer
// guide (He, Sun: Fast Guided Filter, 2015).

import type { Plane } from "./resample.ts";

/** Two planes, as of the guide. */
export type Lines = { readonly a: Float32Array; readonly b: Float32Array };

export type Window = {
  /** The window is 2 radius + 1 on each side; beyond the border there is nothing. */
  readonly radius: number;
  /** In squares of the guide's unit: what varies less than this inside a window counts as flat. */
  readonly epsilon: number;
};

/** `pictures` are filtered under one guide. */
export function guidedLines(guide: Plane, pictures: readonly Float32Array[], window: Window): Lines[] {
  const { values } = guide;
  const mean = (plane: Float32Array) => boxMean({ ...guide, values: plane }, window.radius);
  const meanI = mean(values);
  const variance = mean(values.map((value) => value * value));
  for (let at = 0; at < variance.length; at++) variance[at] = variance[at]! - meanI[at]! ** 2;
  return pictures.map((picture) => {
    const meanP = mean(picture);
    const a = mean(picture.map((value, at) => value * values[at]!));
    const b = meanP; // in place
    for (let at = 0; at < a.length; at++) {
      a[at] = (a[at]! - meanI[at]! * meanP[at]!) / (Math.max(0, variance[at]!) + window.epsilon);
      b[at] = meanP[at]! - a[at]! * meanI[at]!;
    }
    return { a: mean(a), b: mean(b) };
  });
}

/** The mean of what a window covers at each place, by sums that move along. */
function boxMean({ width, height, values }: Plane, radius: number): Float32Array {
  const across = new Float32Array(values.length);
  for (let row = 0; row < height; row++) {
    const start = row * width;
    let sum = 0;
    for (let column = 0; column < Math.min(radius, width); column++) sum += values[start + column]!;
    for (let column = 0; column < width; column++) {
      if (column + radius < width) sum += values[start + column + radius]!;
      if (column > radius) sum -= values[start + column - radius - 1]!;
      across[start + column] =
        sum / (Math.min(width - 1, column + radius) - Math.max(0, column - radius) + 1);
    }
  }
  const result = new Float32Array(values.length);
  const sums = new Float64Array(width);
  const addRow = (row: number, sign: number) => {
    for (let column = 0; column < width; column++) sums[column]! += sign * across[row * width + column]!;
  };
  for (let row = 0; row < Math.min(radius, height); row++) addRow(row, 1);
  for (let row = 0; row < height; row++) {
    if (row + radius < height) addRow(row + radius, 1);
    if (row > radius) addRow(row - radius - 1, -1);
    const count = Math.min(height - 1, row + radius) - Math.max(0, row - radius) + 1;
    for (let column = 0; column < width; column++) result[row * width + column] = sums[column]! / count;
  }
  return result;
}
