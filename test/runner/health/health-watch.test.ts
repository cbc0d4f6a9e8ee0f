// A resumed watch says what one that was never stopped says.

import assert from "node:assert/strict";
import { test } from "node:test";
import { createHealthWatch } from "../../../src/runner/health/health-watch.ts";
import type { EventRow } from "../../../src/store/rows.ts";

const stepsPerEpoch = 50;
const last = 900;

/** A discriminator that wins twice, and colors that are grey from epoch 7 on. */
function valuesAt(step: number) {
  const wins = (step > 100 && step <= 400) || step > 600;
  return { "train/D_score": wins ? 0.99 : 0.5, "train/G_score": wins ? 0.01 : 0.4, "train/G_L1": 0.1 };
}

const colorsAt = (epoch: number) => ({
  "unseen/color/chroma_ratio": epoch >= 7 ? 0.1 : 0.9,
  "unseen/color/spread_ratio": 0.7,
});

/** Watches steps `first` to `last`; what was logged before is there to be read, and `events` with it. */
function watched(first: number, events: readonly EventRow[] = []) {
  const logged = new Map<string, { step: number[]; value: number[] }>();
  const log = (step: number, values: Readonly<Record<string, number>>) => {
    for (const [name, value] of Object.entries(values)) {
      const series = logged.get(name) ?? { step: [], value: [] };
      logged.set(name, series);
      series.step.push(step);
      series.value.push(value);
    }
  };
  for (let step = 1; step < first; step++) {
    log(step, valuesAt(step));
    if (step % stepsPerEpoch === 0) log(step, colorsAt(step / stepsPerEpoch));
  }
  const series = (name: string) => {
    const found = logged.get(name);
    if (found === undefined) return undefined;
    const step = Float64Array.from(found.step);
    return { step, value: Float64Array.from(found.value) };
  };
  const watch = createHealthWatch({ series, stepsPerEpoch, events });
  const said: { step: number; kind: string; message: string }[] = [];
  for (let step = first; step <= last; step++) {
    said.push(...watch.afterStep(step, valuesAt(step)).map((warning) => ({ step, ...warning })));
    if (step % stepsPerEpoch > 0) continue;
    const epoch = step / stepsPerEpoch;
    said.push(...watch.afterEpoch(epoch, colorsAt(epoch)).map((warning) => ({ step, ...warning })));
  }
  return said;
}

const whole = watched(1);

test("both victories and the collapse are said", () => {
  assert.deepEqual(
    whole.map(({ step, kind }) => `${step} ${kind}`),
    ["284 discriminator-won", "450 colors-collapsed", "784 discriminator-won"],
  );
});

for (const first of [2, 101, 250, 285, 451, 700, 800])
  test(`resumed before step ${first}, the rest is the same`, () => {
    assert.deepEqual(
      watched(first),
      whole.filter(({ step }) => step >= first),
    );
  });

test("what was said between the checkpoint and the interruption is not said twice", () => {
  const events = whole
    .slice(0, 1)
    .map(({ kind, message }) => ({ at: 0, level: "warning" as const, kind, message }));
  assert.deepEqual(watched(250, events), whole.slice(1));
});
