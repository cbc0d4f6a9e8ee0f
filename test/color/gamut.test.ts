import assert from "node:assert/strict";
import { test } from "node:test";
import { displayableShare, labToDisplayRgb } from "../../src/color/gamut.ts";
import { labToLinear, relativeFromRgb, rgbToLab } from "../../src/color/lab.ts";
import { randomStream } from "../../src/random.ts";

const stream = randomStream(7, "gamut");
const colors = Array.from({ length: 20_000 }, () => [
  100 * stream.uniform(),
  220 * stream.uniform() - 110,
  220 * stream.uniform() - 110,
]) as [number, number, number][];

/** L of linear RGB cut off at 0 and 1, before rounding to 8 bits. */
function shownLightness(linear: Float64Array): number {
  const light = relativeFromRgb[1]!.reduce(
    (sum, weight, channel) => sum + weight * Math.min(Math.max(linear[channel]!, 0), 1),
    0,
  );
  return light > 0.008856 ? 116 * Math.cbrt(light) - 16 : 116 * 7.787 * light;
}

test("1. what a screen shows stays as it is", () => {
  const bytes = Uint8Array.from({ length: 3 * 20_000 }, () => stream.below(256));
  bytes.set([0, 0, 0, 255, 255, 255, 255, 0, 0, 0, 255, 0, 0, 0, 255, 255, 255, 0, 0, 255, 255, 255, 0, 255]);
  const shown = labToDisplayRgb(rgbToLab(bytes));
  assert.equal(shown.clippedShare, 0);
  assert.deepEqual(shown.rgb, bytes);
});

test("1. neutral colors are grey and do not count as clipped", () => {
  const lab = Array.from({ length: 1001 }, (_, index) => [index / 10, 0, 0]).flat();
  const { rgb, clippedShare } = labToDisplayRgb(lab);
  assert.equal(clippedShare, 0);
  for (let i = 0; i < rgb.length; i += 3) assert.ok(Math.abs(rgb[i]! - rgb[i + 2]!) <= 1);
});

test("2. L stays within 0.001 before rounding, and the color keeps as much saturation as it can", () => {
  const linear = new Float64Array(3);
  for (const [l, a, b] of colors) {
    const share = displayableShare(l, a, b, linear);
    assert.ok(Math.abs(shownLightness(linear) - l) < 1e-3, `L ${l} a ${a} b ${b}`);
    if (share === 1) continue;
    labToLinear(l, a * (share + 1 / 2048), b * (share + 1 / 2048), linear);
    assert.ok(
      Math.min(...linear) < 0 || Math.max(...linear) > 1,
      `more of L ${l} a ${a} b ${b} could be shown`,
    );
  }
});

test("2. L stays within 0.5 and the hue stays after rounding to 8 bits", () => {
  const { rgb, clippedShare } = labToDisplayRgb(colors.flat());
  assert.ok(clippedShare > 0.6 && clippedShare < 0.95, `clipped share ${clippedShare}`);
  const lab = rgbToLab(rgb);
  for (const [index, [l, a, b]] of colors.entries()) {
    const [shownL, shownA, shownB] = lab.subarray(3 * index) as unknown as [number, number, number];
    assert.ok(Math.abs(shownL - l) < 0.5, `L ${l} a ${a} b ${b} shows L ${shownL}`);
    const across = Math.abs(shownA * b - shownB * a) / Math.hypot(a, b);
    assert.ok(across < 1.5, `L ${l} a ${a} b ${b} is ${across} off its hue`);
  }
});

test("3. L outside 0..100 is limited, and an empty image has nothing clipped", () => {
  assert.deepEqual([...labToDisplayRgb([-5, 0, 0, 105, 0, 0]).rgb], [0, 0, 0, 255, 255, 255]);
  assert.deepEqual(labToDisplayRgb([]), { rgb: new Uint8Array(0), clippedShare: 0 });
});
