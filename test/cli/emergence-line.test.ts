import assert from "node:assert/strict";
import { test } from "node:test";
import { emergenceLine } from "../../src/cli/print/emergence-line.ts";
import type { HueFamily } from "../../src/color/hue-families.ts";
import type { Emergence } from "../../src/store/read-emergence.ts";

/** The epoch since which each color is there; null is not yet, "rare" not judged. */
function lineOf(since: Partial<Record<HueFamily, number | null | "rare">>, images = 200): string {
  const families = Object.entries(since).map(([family, value]) => ({
    family: family as HueFamily,
    real: 0.1,
    output: 0.1,
    judged: value !== "rare",
    since: value === "rare" ? null : value,
  }));
  const rest = { paletteUsed: 0.5, hueEntropy: 3, realHueEntropy: 4, hueDistance: 0.1 };
  return emergenceLine({ images, epoch: 50, families, ...rest } satisfies Emergence);
}

test("the earliest comes first, then what is missing and what cannot be judged", () => {
  assert.equal(
    lineOf({ green: 30, skin_brown: 5, yellow: null, purple: "rare", blue: 15, red: null }),
    "skin/brown at epoch 5, blue at 15, green at 30; not yet yellow, red; hardly any real purple (epoch 50, 200 unseen images)",
  );
  assert.equal(
    lineOf({ skin_brown: 0, blue: 0 }),
    "skin/brown at epoch 0, blue at 0 (epoch 50, 200 unseen images)",
  );
  assert.equal(lineOf({ red: null }, 1), "none; not yet red (epoch 50, 1 unseen image)");
});
