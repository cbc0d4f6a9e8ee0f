// The centre of a picture as training pictures are cut: the largest square in the middle, at a network's size. What a picture is,
// and whether its colors look real, is asked of this square.

import { lumaScale } from "../color/lab.ts";
import { type Plane, resampled } from "./resample.ts";

/** Of a plane of L. Gives luma as networks see it, L / 50 - 1, [side, side]. */
export function centreSquare({ width, height, values }: Plane, side: number): Float32Array {
  const length = Math.min(width, height);
  const [left, top] = [(width - length) >> 1, (height - length) >> 1];
  const square = new Float32Array(length * length);
  for (let row = 0; row < length; row++) {
    const from = (top + row) * width + left;
    square.set(values.subarray(from, from + length), row * length);
  }
  const small = resampled({ width: length, height: length, values: square }, side, side).values;
  return small.map((l) => Math.min(100, Math.max(0, l)) / lumaScale - 1);
}
