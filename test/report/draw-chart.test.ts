import assert from "node:assert/strict";
import { test } from "node:test";
import { napiCanvasDrawer, nodeCanvasDrawer } from "../../src/report/png/draw-chart.ts";
import type { Curve, Panel } from "../../src/report/sections/curves/panels.ts";

function panel(...values: readonly (readonly number[])[]): Panel {
  const curves = values.map(
    (value, at): Curve => ({
      label: `run ${at}`,
      run: at,
      color: at,
      every: "epoch",
      stepsPerEpoch: 1,
      epoch: Float64Array.from(value, (_, epoch) => epoch),
      seconds: Float64Array.from(value, (_, epoch) => epoch),
      value: Float64Array.from(value),
    }),
  );
  return { id: "loss", title: "loss", range: [0, 1], curves, description: "", notes: [] } as unknown as Panel;
}

test("a chart has the same bytes with chartjs-node-canvas and without it", async () => {
  const [usual, without] = [await nodeCanvasDrawer(), await napiCanvasDrawer()];
  const drawn = panel([0.75, 0.5, 0.25], [0.5, Number.NaN, 0.125]);
  const bytes = without(drawn);
  assert.deepEqual([...bytes.subarray(1, 4)], [0x50, 0x4e, 0x47]);
  assert.ok(Buffer.from(usual(drawn)).equals(bytes));
  assert.ok(!Buffer.from(without(panel([0.75, 0.5, 0.125]))).equals(bytes), "another chart, another picture");
});
