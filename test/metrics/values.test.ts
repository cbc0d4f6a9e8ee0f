// Every metric against scikit-image and numpy on the same pictures.

import assert from "node:assert/strict";
import { test } from "node:test";
import { labToLumaChroma, rgbToLab } from "../../src/color/lab.ts";
import { imagePair } from "../../src/metrics/image-pair.ts";
import { finiteMean, type Metric } from "../../src/metrics/metric.ts";
import { metricOf, metrics } from "../../src/metrics/metrics.ts";
import { pairs } from "../golden/metrics.ts";
import { pairOf } from "./pair.ts";

const clipped = metricOf({ name: "clipped" });
const plain = (metrics as unknown as readonly Metric[]).filter(
  ({ name, options }) => name !== "clipped" && !("weights" in options),
);

async function openOne(metric: Metric, size: number) {
  return metric.open({}, { size, threads: 1 });
}

for (const metric of plain) {
  test(`${metric.name} as scikit-image or numpy has it`, async () => {
    for (const { size, real, shown, values } of pairs) {
      const opened = await openOne(metric, size);
      for (const time of ["once", "again"]) {
        const measured = await opened.measure(pairOf(real, shown));
        assert.equal(measured.length, metric.values.length);
        for (const [place, value] of metric.values.entries()) {
          const [got, expected] = [measured[place]!, values[value.name]!];
          const allowed = 2e-5 * Math.max(1, Math.abs(expected));
          assert.ok(
            Math.abs(got - expected) < allowed,
            `${value.name} ${time}: ${got}, expected ${expected}`,
          );
        }
      }
    }
  });
}

test("equal pictures: the best value of each", async () => {
  const { size, real } = pairs[0]!;
  const best = { psnr: Infinity, ssim: 1, ssim_uniform: 1, ciede2000: 0, ciede2000_p95: 0, ab_l2: 0, auc: 1 };
  const found: Record<string, number> = {};
  for (const metric of plain) {
    const measured = await (await openOne(metric, size)).measure(pairOf(real, real));
    for (const [place, { name }] of metric.values.entries()) found[name] = measured[place]!;
  }
  const { colorfulness, colorfulness_ratio, ...others } = found;
  assert.deepEqual(others, best);
  assert.equal(colorfulness_ratio, 1);
  assert.ok(colorfulness! > 0);
});

test("ssim of pictures smaller than its window is not a number", async () => {
  const [real, shown] = [new Uint8Array(8 * 8 * 3), new Uint8Array(8 * 8 * 3).fill(9)];
  assert.deepEqual(await (await openOne(metricOf({ name: "ssim" }), 8)).measure(pairOf(real, shown)), [
    Number.NaN,
  ]);
  assert.notDeepEqual(
    await (await openOne(metricOf({ name: "ssim_uniform" }), 8)).measure(pairOf(real, shown)),
    [Number.NaN],
  );
});

test("the colorfulness of a set is compared as a whole, set by set", async () => {
  const opened = await openOne(metricOf({ name: "colorfulness" }), 2);
  const color = (red: number) => Uint8Array.from({ length: 12 }, (_, index) => (index % 3 === 0 ? red : 0));
  for (const times of [1, 2]) {
    const measured = await Promise.all([
      opened.measure(pairOf(color(200), color(100))),
      opened.measure(pairOf(color(20), color(80 * times))),
      opened.measure(pairOf(color(0), color(0))),
    ]);
    assert.deepEqual(
      measured.map(([, ratio]) => ratio),
      [0.5, 4 * times, Number.NaN],
    );
    const [mean, ratio] = opened.ofSet!([7, 9]);
    assert.equal(mean, 7);
    assert.ok(Math.abs(ratio! - (100 + 80 * times) / 220) < 1e-12, `${ratio}`);
  }
});

test("a pair shows what a screen shows; Lab is made once", async () => {
  const { real } = pairs[0]!;
  const { chroma } = labToLumaChroma(rgbToLab(real));
  const same = imagePair("chroma", real, chroma);
  assert.deepEqual(same.shown, real);
  assert.equal(same.realLab(), same.realLab());
  assert.equal(same.shownLab(), same.shownLab());
  assert.deepEqual(await (await openOne(clipped, same.size)).measure(same), [0]);

  const vivid = imagePair("chroma", real, new Float32Array(chroma.length).fill(1));
  const [share] = await (await openOne(clipped, vivid.size)).measure(vivid);
  assert.ok(share! > 0.9, `no screen shows a = b = 110 at most lightnesses: ${share}`);

  const rgb = imagePair(
    "rgb",
    real,
    Float32Array.from(real, (byte) => byte / 255),
  );
  assert.deepEqual(rgb.shown, real);
});

test("means leave out what is not finite, unless nothing is", () => {
  assert.equal(finiteMean(Float64Array.of(1, Infinity, 3, Number.NaN)), 2);
  assert.equal(finiteMean(Float64Array.of(Infinity, Infinity)), Infinity);
  assert.equal(finiteMean(Float64Array.of(Number.NaN)), Number.NaN);
  assert.equal(finiteMean(new Float64Array(0)), Number.NaN);
});
