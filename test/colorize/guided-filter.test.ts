// The guided filter against its formulas written out window by window, and at an edge.

import assert from "node:assert/strict";
import { test } from "node:test";
import { guidedLines } from "../../src/colorize/guided-filter.ts";
import type { Predicted } from "../../src/colorize/predict-chroma.ts";
import { areaIn, squareOf } from "../../src/colorize/predict-chroma.ts";
import { type Plane, resampled } from "../../src/colorize/resample.ts";
import { upsampleChroma } from "../../src/colorize/upsample-chroma.ts";
import { randomStream } from "../../src/random.ts";
import { assertAllClose } from "../allclose.ts";

/** He et al. 2013, Algorithm 1, each mean over the part of the window that lies in the picture. */
function naive(guide: Plane, picture: Float32Array, radius: number, epsilon: number) {
  const { width, height, values } = guide;
  const meanAt = (at: number, of: (place: number) => number) => {
    const [row, column] = [Math.floor(at / width), at % width];
    let [sum, count] = [0, 0];
    for (let y = Math.max(0, row - radius); y <= Math.min(height - 1, row + radius); y++)
      for (let x = Math.max(0, column - radius); x <= Math.min(width - 1, column + radius); x++) {
        sum += of(y * width + x);
        count++;
      }
    return sum / count;
  };
  const lines = Array.from(values, (_, at) => {
    const meanI = meanAt(at, (place) => values[place]!);
    const meanP = meanAt(at, (place) => picture[place]!);
    const variance = meanAt(at, (place) => (values[place]! - meanI) ** 2);
    const covariance = meanAt(at, (place) => (values[place]! - meanI) * (picture[place]! - meanP));
    const a = covariance / (variance + epsilon);
    return { a, b: meanP - a * meanI };
  });
  return Float64Array.from(
    values,
    (value, at) => meanAt(at, (place) => lines[place]!.a) * value + meanAt(at, (place) => lines[place]!.b),
  );
}

test("equals its formulas, also where windows are larger than the picture", () => {
  const stream = randomStream(1, "guided");
  for (const [width, height, radius, epsilon] of [
    [13, 9, 2, 9],
    [7, 5, 6, 1],
    [1, 4, 1, 9],
  ] as const) {
    const values = Float32Array.from({ length: width * height }, () => 100 * stream.uniform());
    const picture = Float32Array.from({ length: width * height }, () => 80 * stream.uniform() - 40);
    const [lines] = guidedLines({ width, height, values }, [picture], { radius, epsilon });
    const found = values.map((value, at) => lines!.a[at]! * value + lines!.b[at]!);
    assertAllClose(found, naive({ width, height, values }, picture, radius, epsilon), {
      relative: 2e-4,
      scale: 20,
    });
  }
});

/** Left dark, right light; the network's chroma, coarse, says 40 and -40. */
const edge = {
  grid: {
    width: 160,
    height: 40,
    values: Float32Array.from({ length: 160 * 40 }, (_, at) => (at % 160 < 83 ? 30 : 75)),
  },
  predicted: {
    width: 16,
    height: 4,
    chroma: [1, -1].map((sign) =>
      Float32Array.from({ length: 64 }, (_, at) => sign * (at % 16 < 8 ? 40 : at % 16 === 8 ? 16 : -40)),
    ) as unknown as Predicted["chroma"],
    rgb: null,
  },
};

test("colors do not bleed over an edge of lightness, as bicubic ones do", () => {
  const worst = (upsampling: "guided" | "bicubic") => {
    const { width, axes } = upsampleChroma(edge.grid, edge.predicted, upsampling);
    let bled = 0;
    for (let column = 60; column < 106; column++) {
      const at = 20 * width + column;
      const chroma = axes[0].a[at]! * edge.grid.values[at]! + axes[0].b[at]!;
      bled = Math.max(bled, Math.abs(chroma - (column < 83 ? 40 : -40)));
    }
    return bled;
  };
  assert.ok(worst("guided") < 18, String(worst("guided")));
  assert.ok(worst("bicubic") > 35, String(worst("bicubic")));
});

test("flat places and straight ramps keep their values at another size", () => {
  const ramp = Float32Array.from({ length: 12 * 8 }, (_, at) => 3 + 2 * (at % 12));
  const larger = resampled({ width: 12, height: 8, values: ramp }, 36, 24).values;
  for (let column = 6; column < 30; column++)
    assert.ok(Math.abs(larger[12 * 36 + column]! - (3 + 2 * ((column + 0.5) / 3 - 0.5))) < 1e-4);
  const flat = resampled({ width: 12, height: 8, values: ramp.map(() => 7) }, 5, 3).values;
  assertAllClose(flat, new Float32Array(15).fill(7), { relative: 1e-6 });
});

test("a picture stands in the network's square as a whole, its mirror image around it", () => {
  const grid = { width: 8, height: 4, values: Float32Array.from({ length: 32 }, (_, at) => at) };
  assert.deepEqual(areaIn(8, grid), { left: 0, top: 2, width: 8, height: 4 });
  const square = squareOf(grid, 8);
  const row = (at: number) =>
    Array.from(square.subarray(8 * at, 8 * at + 8), (luma) => Math.round(50 * luma + 50));
  assert.deepEqual(
    Array.from({ length: 8 }, (_, at) => row(at)[0]),
    [8, 0, 0, 8, 16, 24, 24, 16],
  );
});
