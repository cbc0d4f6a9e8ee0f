// What counts as faded, and what then becomes of lightness.

import assert from "node:assert/strict";
import { test } from "node:test";
import type { Look } from "../../src/colorize/look.ts";
import { leveled, levelsOf, sameLevels } from "../../src/colorize/tone.ts";

const grid = { width: 1, height: 1, values: new Float32Array(1) };

/** As many pixels of each L from `low` to `high`. */
function spread(low: number, high: number, kind: Look["kind"]): Look {
  const histogram = Float64Array.from({ length: 1001 }, (_, at) =>
    at >= 10 * low && at <= 10 * high ? 100 : 0,
  );
  return { grid, histogram, kind };
}

test("grey with blacks, dark scenes and color keep their lightness", () => {
  assert.equal(levelsOf(spread(5, 98, "grey")), sameLevels);
  assert.equal(levelsOf(spread(0, 60, "grey")), sameLevels);
  assert.equal(levelsOf(spread(30, 70, "color")), sameLevels);
  assert.equal(levelsOf(spread(50, 55, "toned")), sameLevels);
});

test("a faded print gets its blacks again, a toned one its paper's white, with bounds", () => {
  const grey = levelsOf(spread(25, 90, "grey"));
  assert.ok(Math.abs(leveled(25, grey) - 4) < 1 && Math.abs(leveled(90, grey) - 90) < 1);
  const sepia = levelsOf(spread(20, 80, "toned"));
  assert.ok(Math.abs(leveled(20, sepia) - 4) < 1 && Math.abs(leveled(80, sepia) - 95) < 1);
  assert.equal(levelsOf(spread(50, 70, "toned")).gain, 2);
  assert.equal(leveled(0, sepia), 0);
});
