// When colors emerged, on series whose answer is known.

import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { type HueFamily, hueFamilies } from "../../src/color/hue-families.ts";
import { emergenceSeries, ofReal, readEmergence, stayedFrom } from "../../src/store/read-emergence.ts";
import type { Series } from "../../src/store/rows.ts";
import { log, newRun, temporaryStore } from "./fixtures.ts";

const epochs = [0, 5, 10, 15, 20];
const stepsPerEpoch = 7;

/** Output shares by family, over `epochs`; every real share is 0.1 unless it is given. */
function sinceOf(
  outputs: Partial<Record<HueFamily, readonly number[]>>,
  reals: Partial<Record<HueFamily, number>> = {},
) {
  const series = new Map<string, Pick<Series, "step" | "value">>();
  const add = (name: string, value: readonly number[]) => {
    const step = Float64Array.from(epochs, (epoch) => epoch * stepsPerEpoch);
    series.set(name, { step, value: Float64Array.from(value) });
  };
  add(emergenceSeries.images, [9, 9, 9, 9, 9]);
  for (const family of hueFamilies) {
    add(emergenceSeries.share(family), outputs[family] ?? [0, 0, 0, 0, 0]);
    add(ofReal(emergenceSeries.share(family)), Array(5).fill(reals[family] ?? 0.1));
  }
  const emergence = readEmergence((name) => series.get(name), stepsPerEpoch)!;
  return Object.fromEntries(emergence.families.map(({ family, since }) => [family, since]));
}

describe("emergence of colors", () => {
  it("a family has emerged where it reaches half of its real share and stays", () => {
    const since = sinceOf({
      skin_brown: [0.2, 0.2, 0.2, 0.2, 0.2],
      red: [0, 0.049, 0.051, 0.07, 0.3],
      orange: [0, 0.049, 0.049, 0.049, 0.049],
      yellow: [0, 0.05, 0.05, 0.05, 0.05],
      green: [0, 0.09, 0.01, 0.06, 0.06],
      cyan: [0, 0.09, 0.09, 0.09, 0.049],
      blue: [0, 0, 0, 0, 0.2],
    });
    assert.deepEqual(since, {
      skin_brown: 5,
      red: 10,
      orange: null,
      yellow: 5,
      green: 15,
      cyan: null,
      blue: 20,
      purple: null,
    });
  });

  it("what real images hardly have is not judged", () => {
    const plenty = [0.1, 0.1, 0.1, 0.1, 0.1];
    assert.equal(sinceOf({ purple: plenty }, { purple: 0.0049 }).purple, null);
    assert.equal(sinceOf({ purple: plenty }, { purple: 0.005 }).purple, 5);
  });

  it("nothing is a number: not reached", () => {
    assert.equal(stayedFrom([0, 1], [1, Number.NaN], 0.5), null);
    assert.equal(stayedFrom([0, 1, 2], [1, Number.NaN, 1], 0.5), 2);
    assert.equal(stayedFrom([], [], 0.5), null);
  });

  it("comes from the stored series, and a run without them has none", (test) => {
    const store = temporaryStore(test);
    const writer = store.createRun(newRun());
    const read = () => readEmergence((name) => store.series(writer.id, name), 2);
    assert.equal(read(), null);
    const logColors = (epoch: number, blue: number) =>
      log(writer, 2 * epoch, {
        [emergenceSeries.images]: 3,
        [emergenceSeries.paletteUsed]: 0.25,
        [emergenceSeries.hueEntropy]: 1,
        [ofReal(emergenceSeries.hueEntropy)]: 4,
        [emergenceSeries.hueDistance]: 0.5,
        [emergenceSeries.share("blue")]: blue,
        [ofReal(emergenceSeries.share("blue"))]: 0.2,
      });
    logColors(0, 0);
    logColors(1, 0.15);
    logColors(2, 0.2);
    writer.flush();
    assert.deepEqual(read(), {
      images: 3,
      epoch: 2,
      paletteUsed: 0.25,
      hueEntropy: 1,
      realHueEntropy: 4,
      hueDistance: 0.5,
      families: [{ family: "blue", real: 0.2, output: 0.2, judged: true, since: 1 }],
    });
    // Resumed from an earlier checkpoint, and it fell back there.
    writer.rewind(2, 1);
    logColors(2, 0.01);
    writer.flush();
    assert.equal(read()!.families[0]!.since, null);
  });
});
