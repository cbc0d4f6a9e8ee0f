// LPIPS and FID with small ONNX files whose answer is known, and pictures made larger and smaller for them.

import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import path from "node:path";
import { type TestContext, test } from "node:test";
import { GraphBuilder } from "../../src/engine/onnx/graph-builder.ts";
import { encodeModel } from "../../src/engine/onnx/model-proto.ts";
import { frechetDistance } from "../../src/metrics/frechet-distance.ts";
import { openMetrics } from "../../src/metrics/open-metrics.ts";
import { resizedToUnit } from "../../src/metrics/resize.ts";
import { assertAllClose } from "../allclose.ts";
import { pairs } from "../golden/metrics.ts";
import { temporaryFolder } from "../temporary-folder.ts";
import { pairOf } from "./pair.ts";

/** The mean color of one picture, or of the difference of two. */
function writeModel(
  context: TestContext,
  inputs: readonly string[],
  batch: number | string,
  size: number,
): string {
  const graph = new GraphBuilder();
  const [x, y] = inputs.map((name) => graph.input(name, "float32", [batch, 3, size, size]));
  const seen = y ? graph.node("Abs", [graph.node("Sub", [x!, y], [])], []) : x!;
  let value = graph.node("GlobalAveragePool", [seen], []);
  const shape = [batch, y ? 1 : 3, 1, 1];
  if (y)
    value = graph.node("Conv", [value, graph.constant(new Float32Array(3).fill(1 / 3), [1, 3, 1, 1])], []);
  const file = path.join(temporaryFolder(context), "network.onnx");
  writeFileSync(
    file,
    encodeModel(graph.build("network", [{ name: "answer", type: "float32", shape, value }])),
  );
  return file;
}

const { size, real, shown } = pairs[0]!;
const context = { size, threads: 1 };
const meanColor = (picture: Uint8Array) =>
  Float32Array.from([0, 1, 2], (channel) => {
    const own = picture.filter((_, index) => index % 3 === channel);
    return own.reduce((sum, byte) => sum + byte / 127.5 - 1, 0) / own.length;
  });

test("lpips is the distance that the file gives of the two pictures", async (t) => {
  const weights = writeModel(t, ["real", "shown"], 1, size);
  const opened = await openMetrics([{ name: "lpips", weights }], context);
  t.after(() => opened.close());
  await opened.measure(pairOf(real, shown));
  await opened.measure(pairOf(real, real));
  const { ofSet, ofImages } = opened.finish();
  const expected =
    real.reduce((sum, byte, index) => sum + Math.abs(byte - shown[index]!) / 127.5, 0) / real.length;
  assertAllClose(Array.from(ofImages.lpips!), [expected, 0], { relative: 1e-5, scale: 1 });
  assertAllClose([ofSet.lpips!], [expected / 2], { relative: 1e-5, scale: 1 });
});

test("fid is the Frechet distance of the file's features, of a set and not of an image", async (t) => {
  const weights = writeModel(t, ["pictures"], "N", size);
  const opened = await openMetrics([{ name: "psnr" }, { name: "fid", weights }], context);
  t.after(() => opened.close());
  const darker = real.map((byte) => byte / 2);
  for (const time of ["once", "again"]) {
    await opened.measure(pairOf(real, shown));
    await opened.measure(pairOf(darker, real));
    const { ofSet, ofImages } = opened.finish();
    const features = [
      [real, darker],
      [shown, real],
    ].map((pictures) => pictures.map(meanColor));
    assertAllClose([ofSet.fid!], [frechetDistance(features[0]!, features[1]!, 3)], {
      relative: 1e-4,
      scale: 1,
    });
    assert.deepEqual(Object.keys(ofImages), ["psnr"], time);
  }
  await opened.measure(pairOf(real, shown));
  assert.equal(opened.finish().ofSet.fid, Number.NaN, "one image has no spread");
});

test("a file that does not fit is refused in a line that begins with the metric", async (t) => {
  const one = writeModel(t, ["pictures"], 1, size);
  await assert.rejects(openMetrics([{ name: "psnr" }, { name: "lpips", weights: one }], context), {
    name: "UserError",
    message: `metrics: lpips: ${one}: expected a distance of two pictures, with two inputs, got 1 (pictures)`,
  });
  const many = writeModel(t, ["real", "shown"], 4, size);
  await assert.rejects(
    openMetrics([{ name: "lpips", weights: many }], context),
    /expected one pair of pictures at a time/,
  );
  await assert.rejects(openMetrics([{ name: "fid", weights: "/nowhere.onnx" }], context), {
    name: "UserError",
    message: "metrics: fid: /nowhere.onnx: no such file",
  });
});

test("pictures are resized bilinearly between the centres of pixels, as torch does", () => {
  const grey = (...values: number[]) => Uint8Array.from(values.flatMap((value) => [value, value, value]));
  const first = (picture: Float32Array) => Array.from(picture.filter((_, index) => index % 3 === 0));
  const unit = (...values: number[]) => values.map((value) => value / 127.5 - 1);
  const square = grey(0, 80, 160, 240);
  const row = (from: number) => [from, from + 20, from + 60, from + 80];
  const enlarged = [...row(0), ...row(40), ...row(120), ...row(160)];
  const close = { relative: 1e-6, scale: 1 };
  assertAllClose(first(resizedToUnit(square, 2, 4)), unit(...enlarged), close);
  assertAllClose(first(resizedToUnit(grey(...enlarged), 4, 2)), unit(30, 90, 150, 210), close);
  assertAllClose(first(resizedToUnit(square, 2, 2)), unit(0, 80, 160, 240), close);
});
