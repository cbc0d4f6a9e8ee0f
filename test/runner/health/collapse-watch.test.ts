import assert from "node:assert/strict";
import { test } from "node:test";
import { createCollapseWatch } from "../../../src/runner/health/collapse-watch.ts";

type Change = {
  readonly chroma?: number;
  readonly spread?: number;
  readonly brown?: number;
  readonly grey?: number;
  readonly realBrown?: number;
};

/** The values of a network in good health, but for what is given. */
function values({ chroma = 0.8, spread = 0.6, brown = 0.4, grey = 0.4, realBrown = 0.3 }: Change) {
  return {
    "unseen/color/chroma_ratio": chroma,
    "unseen/color/spread_ratio": spread,
    "unseen/color/brown": brown,
    "unseen/color/near_grey": grey,
    "unseen/color/brown/real": realBrown,
    "unseen/color/near_grey/real": 0.4,
  };
}

/** Every 5 epochs from 5 on: the epochs at which something is said, and to what colors collapsed. */
function said(...changes: readonly Change[]) {
  const watch = createCollapseWatch();
  watch(0, values({ chroma: 0, spread: 0, grey: 1 }));
  return changes.flatMap((change, index) =>
    watch(5 * index + 5, values(change)).map(
      ({ message }) => `${5 * index + 5} ${message.match(/collapsed to ([^,]+),/)![1]}`,
    ),
  );
}

const well: Change = {};
const times = <T>(count: number, item: T): T[] => Array(count).fill(item);

test("colors in good health say nothing, nor does what two epochs show", () => {
  assert.deepEqual(said(...times(9, well)), []);
  const faint = { chroma: 0.1 };
  assert.deepEqual(said(faint, faint, well, faint, faint, well), []);
});

test("each kind of collapse is said at the third epoch in a row, once", () => {
  assert.deepEqual(said(...times(5, { chroma: 0.24 })), ["15 grey"]);
  assert.deepEqual(said(...times(5, { spread: 0.14 })), ["15 one tint for all images"]);
  assert.deepEqual(said(...times(5, { brown: 0.58 })), ["15 brown"]);
  const worst = { chroma: 0.2, spread: 0, brown: 0, grey: 1 };
  assert.deepEqual(said(...times(5, worst)), ["15 grey", "15 one tint for all images"]);
});

test("just this side of a threshold nothing is said", () => {
  assert.deepEqual(said(...times(9, { chroma: 0.26, spread: 0.16, brown: 0.56 })), []);
});

test("what is plainly or nearly grey is not brown as well", () => {
  assert.deepEqual(said(...times(5, { chroma: 0.01, brown: 0, grey: 1 })), ["15 grey"]);
  assert.deepEqual(said(...times(5, { chroma: 0.3, brown: 0.4, grey: 0.6 })), []);
  assert.deepEqual(said(...times(5, { chroma: 0.5, brown: 0.05, grey: 0.95 })), []);
  assert.deepEqual(said(...times(5, { chroma: 0.5, brown: 0.15, grey: 0.85 })), ["15 brown"]);
});

test("it is said again only after a recovery that is clear", () => {
  const faint = times(3, { chroma: 0.2 });
  assert.deepEqual(said(...faint, { chroma: 0.3 }, ...faint), ["15 grey"]);
  assert.deepEqual(said(...faint, { chroma: 0.4 }, ...faint), ["15 grey", "35 grey"]);
});

test("brown real images, grey ones and a single one say nothing against a network", () => {
  assert.deepEqual(said(...times(5, { brown: 0.6, realBrown: 0.51 })), []);
  assert.deepEqual(said(...times(5, { chroma: Number.NaN, spread: Number.NaN })), []);
});

test("the message has the numbers", () => {
  const watch = createCollapseWatch();
  const messages = [2, 4, 6].flatMap((epoch) => watch(epoch, values({ brown: 0.59 })));
  assert.deepEqual(messages, [
    {
      kind: "colors-collapsed",
      message:
        "colors have collapsed to brown, for 3 epochs up to epoch 6: 99 % of the pixels are brown or nearly grey, of the real ones 70 %",
    },
  ]);
});

test("a network without colors is passed over", () => {
  const watch = createCollapseWatch();
  for (let epoch = 1; epoch < 9; epoch++) assert.deepEqual(watch(epoch, {}), []);
});
