// Before its first use the binding computes a graph whose result is known: entries of ONNX Runtime's interface are taken by
// their place in a table (native/ort.h), and a wrong one must not be noticed by a training.

import { GraphBuilder } from "../onnx/graph-builder.ts";
import { encodeModel, ownDomain } from "../onnx/model-proto.ts";
import type { Addon } from "./addon.ts";

/** Two steps of momentum: v = 0.5 v + g, p -= 0.25 v; gradient 2 p. Null where the results are right, else what was wrong. */
export async function checkItself(addon: Addon): Promise<string | null> {
  const session = await addon.create(checkedModel(), 1, "");
  try {
    const state = { p: Float32Array.of(4, -8, 16), v: Float32Array.of(0, 0, 0) };
    const losses = new Float32Array(2);
    await addon.runSteps(session, 2, state, { rate: Float32Array.of(0.25, 0.25) }, losses);
    // p: 4 -> 4 - 2 = 2, v = 8; then v = 4 + 4 = 8, p = 2 - 2 = 0. Sums of squares: 64 (1 + 4 + 16), then a quarter.
    const expected = { p: [0, 0, 0], v: [8, -16, 32], losses: [1344, 336] };
    const got = { p: [...state.p], v: [...state.v], losses: [...losses] };
    if (JSON.stringify(got) === JSON.stringify(expected)) return null;
    return `the self-check gave ${JSON.stringify(got)}`;
  } finally {
    addon.close(session);
  }
}

function checkedModel(): Uint8Array {
  const graph = new GraphBuilder();
  const p = graph.input("p", "float32", [3]);
  const v = graph.input("v", "float32", [3]);
  const rate = graph.input("rate", "float32", [1]);
  const gradient = graph.node("Add", [p, p], [3]);
  const [nextP, nextV, squares] = graph.nodes(
    "Momentum",
    [p, gradient, v, rate],
    [[3], [3], []],
    { momentum: { float: 0.5 } },
    { domain: ownDomain },
  );
  const losses = graph.node("Reshape", [squares!, graph.int64(1)], [1]);
  return encodeModel(
    graph.build("check", [
      { name: "p/next", type: "float32", shape: [3], value: nextP! },
      { name: "v/next", type: "float32", shape: [3], value: nextV! },
      { name: "losses", type: "float32", shape: [1], value: losses },
    ]),
  );
}
