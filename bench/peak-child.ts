// The most that this machine's cores reach: multiply-adds of a large matrix product in ONNX Runtime, with all threads.
// Prints one line of JSON.

import { GraphBuilder } from "../src/engine/onnx/graph-builder.ts";
import { encodeModel } from "../src/engine/onnx/model-proto.ts";
import { ort } from "../src/onnxruntime.ts";

const side = 1536;
const graph = new GraphBuilder();
const [a, b] = ["a", "b"].map((name) => graph.input(name, "float32", [side, side]));
const value = graph.node("MatMul", [a!, b!], [side, side]);
const model = encodeModel(
  graph.build("product", [{ name: "y", type: "float32", shape: [side, side], value }]),
);
const session = await ort.InferenceSession.create(model, { logSeverityLevel: 3 });
const matrix = () => new ort.Tensor("float32", new Float32Array(side * side).fill(0.5), [side, side]);
const feeds = { a: matrix(), b: matrix() };
let best = 0;
for (let round = 0; round < 12; round++) {
  const begin = performance.now();
  await session.run(feeds);
  best = Math.max(best, (2 * side ** 3) / (performance.now() - begin) / 1e6);
}
console.log(JSON.stringify({ gflops: best }));
process.exit(0);
