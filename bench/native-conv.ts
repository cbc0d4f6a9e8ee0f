// How fast our convolutions are, shape by shape, beside what ONNX Runtime's own operators take for the same: those of the
// steps in step-cases.ts. Both run in sessions of our binding, in turns; processor time, which a shared machine disturbs
// less. Usage: node --import ./scripts/typescript.js bench/native-conv.ts [part of a case's name] [threads]

import { specsOf } from "../src/engine/engine.ts";
import { createNativeSession } from "../src/engine/native/native-session.ts";
import { GraphBuilder } from "../src/engine/onnx/graph-builder.ts";
import { output } from "../src/engine/onnx/layout.ts";
import { Lowering, nchw, oihw } from "../src/engine/onnx/lowering.ts";
import { encodeModel } from "../src/engine/onnx/model-proto.ts";
import { nativeRules } from "../src/engine/onnx/rules/native.ts";
import { rules } from "../src/engine/onnx/rules/rules.ts";
import { recordStep } from "../src/engine/trace/record.ts";
import type { Trace, TraceNode } from "../src/engine/trace/trace.ts";
import { completeExperiment } from "../src/experiment/complete-experiment.ts";
import { optimizerSchema } from "../src/models/optimizers/optimizers.ts";
import { randomStream } from "../src/random.ts";
import { buildNetwork } from "../src/runner/build-network.ts";
import { sizeOf } from "../src/training-step.ts";
import { type StepCase, stepCases } from "./step-cases.ts";

const [wanted = "", threads = "1"] = process.argv.slice(2);
/** Of each side, for a shape; half of them are thrown away. */
const windows = 8;
const windowMs = 40;

async function traceOf({ model, size, batch }: StepCase): Promise<Trace> {
  const { image, train } = completeExperiment({ dataset: "synthetic", image: { size } });
  const optimizer = optimizerSchema.parse({ name: "sgd" });
  const network = await buildNetwork({ model, image, train: { ...train, batch_size: batch, optimizer } });
  return recordStep(network.step, specsOf(network.init(1)), network.specs);
}

/** One node as a graph of its own; `turns` is how its inputs lie. */
function graphOf(trace: Trace, node: TraceNode, native: boolean) {
  const graph = new GraphBuilder("", native ? "native" : "cpu");
  const lowering = new Lowering(graph, { ...trace, nodes: [node] }, native ? nativeRules : rules);
  node.inputs.forEach((id, index) => {
    const { shape } = trace.values[id]!;
    const order = index === 1 && node.op !== "Conv2DBackpropFilter" ? oihw : nchw;
    const lying = order.map((dimension) => shape[dimension]!);
    lowering.define(id, graph.input(`input${index}`, "float32", lying), order);
  });
  lowering.lower([node]);
  const value = lowering.valueIn(
    lowering.lowered(node.outputs[0]!),
    node.op === "Conv2DBackpropFilter" ? oihw : nchw,
  );
  return encodeModel(graph.build("one", [output("output", value)]));
}

async function prepare(model: Uint8Array) {
  const session = await createNativeSession(model, { threads: Number(threads) });
  const { uniform } = randomStream("bench");
  const inputs = Object.fromEntries(
    session.inputs.map(({ name, dims }) => [
      name,
      Float32Array.from({ length: sizeOf(dims) }, () => uniform() - 0.5),
    ]),
  );
  const outputs = { output: new Float32Array(sizeOf(session.outputs[0]!.dims)) };
  const times: number[] = [];
  return {
    session,
    async window() {
      const before = process.cpuUsage();
      let calls = 0;
      for (const began = performance.now(); performance.now() - began < windowMs; calls++)
        await session.run(inputs, outputs);
      const { user, system } = process.cpuUsage(before);
      times.push((user + system) / 1000 / calls);
    },
    medianMs: () => times.sort((a, b) => a - b)[times.length >> 2]!,
  };
}

const names: Readonly<Record<string, string>> = {
  Conv2D: "forward",
  Conv2DBackpropInput: "input",
  Conv2DBackpropFilter: "filter",
};

for (const one of stepCases.filter(({ name }) => name.includes(wanted) && name !== "tiny")) {
  const trace = await traceOf(one);
  const seen = new Map<string, { readonly node: TraceNode; times: number }>();
  for (const node of trace.nodes) {
    if (!names[node.op]) continue;
    const shapes = [...node.inputs, ...node.outputs].map((id) => trace.values[id]!.shape);
    const key = JSON.stringify([node.op, shapes, node.attributes]);
    const known = seen.get(key);
    if (known) known.times++;
    else seen.set(key, { node, times: 1 });
  }
  console.log(`${one.name}, ${threads} threads: GFLOP/s of ours and of ONNX Runtime's; ms a step`);
  const total = { ours: 0, theirs: 0 };
  for (const { node, times } of seen.values()) {
    const shapes = [...node.inputs, ...node.outputs].map((id) => trace.values[id]!.shape);
    const [x, w, y] =
      node.op === "Conv2D"
        ? shapes
        : node.op === "Conv2DBackpropInput"
          ? [shapes[2]!, shapes[1]!, shapes[0]!]
          : [shapes[0]!, shapes[2]!, shapes[1]!];
    const operations = 2 * sizeOf(y!) * w![0]! * w![1]! * w![2]!;
    const sides = [await prepare(graphOf(trace, node, true)), await prepare(graphOf(trace, node, false))];
    for (let round = 0; round < windows; round++) for (const side of sides) await side.window();
    const [ours, theirs] = sides.map((side) => side.medianMs()) as [number, number];
    total.ours += ours * times;
    total.theirs += theirs * times;
    const rate = (ms: number) => (operations / ms / 1e6).toFixed(0).padStart(4);
    const stride = (node.attributes.strides as number[])[0];
    console.log(
      `  ${names[node.op]!.padEnd(8)} x ${x!.join("x").padEnd(16)} w ${w!.join("x").padEnd(14)} /${stride} ${`${times} times`.padEnd(8)} ${rate(ours)} ${rate(theirs)}  ${(ours * times).toFixed(1).padStart(6)} ${(theirs * times).toFixed(1).padStart(6)}${ours > theirs ? "  slower" : ""}`,
    );
    for (const { session } of sides) session.close();
  }
  console.log(`  together ${total.ours.toFixed(0)} ms, ONNX Runtime's ${total.theirs.toFixed(0)} ms`);
}
process.exit(0);
