import assert from "node:assert/strict";
import { before, test } from "node:test";
import "@tensorflow/tfjs-backend-cpu";
import * as tf from "@tensorflow/tfjs-core";
import { labToDisplayRgb } from "../../src/color/gamut.ts";
import { labToLumaChroma, labToRgb, lumaChromaToLab, rgbToLab } from "../../src/color/lab.ts";
import { lumaChromaToDisplayRgb, lumaChromaToRgb, rgbToLumaChroma } from "../../src/color/ops.ts";
import { randomStream } from "../../src/random.ts";
import { tensorCount } from "../tensor-count.ts";

const stream = randomStream(11, "color ops");
const shape: [number, number, number, number] = [2, 32, 32, 3];
const rgb = Uint8Array.from({ length: 2 * 32 * 32 * 3 }, (_, index) => stream.below(index < 1500 ? 24 : 256));
rgb.set([0, 0, 0, 255, 255, 255, 255, 0, 0, 0, 255, 0, 0, 0, 255, 255, 255, 0, 0, 255, 255, 255, 0, 255]);

function worst(actual: ArrayLike<number>, expected: ArrayLike<number>): number {
  assert.equal(actual.length, expected.length);
  return Array.from(actual).reduce(
    (most, value, index) => Math.max(most, Math.abs(value - expected[index]!)),
    0,
  );
}

before(async () => {
  await tf.setBackend("cpu");
});

test("1. luma and chroma agree with the plain code, in shape and value", async () => {
  const tensors = rgbToLumaChroma(tf.tensor4d(rgb, shape, "int32"));
  assert.deepEqual(tensors.luma.shape, [2, 32, 32, 1]);
  assert.deepEqual(tensors.chroma.shape, [2, 32, 32, 2]);
  const expected = labToLumaChroma(rgbToLab(rgb));
  // 1e-6 is 0.00005 units of L and 0.0001 of a and b.
  assert.ok(worst(await tensors.luma.data(), expected.luma) < 2e-6);
  assert.ok(worst(await tensors.chroma.data(), expected.chroma) < 2e-6);
});

test("2. the way back is exact after rounding", async () => {
  const { luma, chroma } = rgbToLumaChroma(tf.tensor4d(rgb, shape, "int32"));
  const back = lumaChromaToRgb(luma, chroma);
  assert.deepEqual(back.shape, shape);
  assert.deepEqual(
    Uint8Array.from(await back.data(), (value) => Math.round(255 * value)),
    rgb,
  );
});

test("2. colors that no screen shows clip as in the plain code", async () => {
  const luma = Float32Array.from({ length: 2048 }, () => 2 * stream.uniform() - 1);
  const chroma = Float32Array.from({ length: 4096 }, () => 2 * stream.uniform() - 1);
  const back = await lumaChromaToRgb(
    tf.tensor4d(luma, [2, 32, 32, 1]),
    tf.tensor4d(chroma, [2, 32, 32, 2]),
  ).data();
  assert.ok(back.every((value) => value >= 0 && value <= 1));
  const expected = labToRgb(lumaChromaToLab(luma, chroma));
  assert.ok(
    worst(
      back.map((value) => 255 * value),
      expected,
    ) <=
      0.5 + 1e-3,
  );
});

test("3. no tensor is left behind", () => {
  const image = tf.tensor4d(rgb, shape, "int32");
  const before = tensorCount();
  const { luma, chroma } = rgbToLumaChroma(image);
  assert.equal(tensorCount(), before + 2);
  const back = lumaChromaToRgb(luma, chroma);
  assert.equal(tensorCount(), before + 3);
  tf.dispose([luma, chroma, back]);
  assert.equal(tensorCount(), before);
});

test("4. colors that no screen shows keep L and hue, as in the plain code to one byte", async () => {
  const pixels = 4096;
  const lab = Float32Array.from({ length: 3 * pixels }, (_, at) =>
    at % 3 === 0 ? 110 * stream.uniform() - 5 : 220 * stream.uniform() - 110,
  );
  const { luma, chroma } = labToLumaChroma(lab);
  const shown = lumaChromaToDisplayRgb(
    tf.tensor4d(luma, [1, 64, 64, 1]),
    tf.tensor4d(chroma, [1, 64, 64, 2]),
  );
  const bytes = (await shown.data()).map((value) => Math.round(255 * value));
  assert.ok(worst(bytes, labToDisplayRgb(lab).rgb) <= 1);
});
