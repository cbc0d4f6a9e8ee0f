// That tiles give what the whole square gives, of what looks an eighth of a tile far.

import assert from "node:assert/strict";
import { test } from "node:test";
import { tiledPredictor } from "../../src/colorize/tiled-predictor.ts";
import { randomStream } from "../../src/random.ts";
import type { Predictor } from "../../src/runner/open-predictor.ts";

/** Every pixel is the sum of those up to `radius` away, down and across; beyond the square there is nothing. */
function boxPredictor(size: number, radius: number): Predictor {
  return {
    size,
    output: "chroma",
    async predict(luma) {
      const square = luma(size);
      const result = new Float32Array(size * size * 2);
      for (let row = 0; row < size; row++)
        for (let column = 0; column < size; column++)
          for (let away = -radius; away <= radius; away++) {
            const [down, across] = [row + away, column + away];
            const at = 2 * (row * size + column);
            if (down >= 0 && down < size) result[at]! += square[down * size + column]!;
            if (across >= 0 && across < size) result[at + 1]! += square[row * size + across]!;
          }
      return result;
    },
    async close() {},
  };
}

test("tiles of any size give what the whole gives, of a network that looks an eighth of a tile far", async () => {
  const stream = randomStream("tiles");
  for (const [side, step, size] of [
    [16, 8, 40],
    [24, 8, 64],
    [32, 8, 72],
    [40, 8, 96],
    [64, 8, 136],
    [64, 32, 160],
    [96, 32, 256],
    [30, 1, 77],
  ] as const) {
    const radius = Math.floor(side / 8);
    const square = Float32Array.from({ length: size * size }, () => stream.uniform());
    const tiled = tiledPredictor(boxPredictor(side, radius), { size, step });
    const expected = await boxPredictor(size, radius).predict(() => square);
    const found = await tiled.predict(() => square);
    let worst = 0;
    for (const [at, value] of expected.entries()) worst = Math.max(worst, Math.abs(value - found[at]!));
    assert.ok(worst < 1e-4, `tiles of ${side} in steps of ${step} on ${size}: ${worst}`);
  }
});
