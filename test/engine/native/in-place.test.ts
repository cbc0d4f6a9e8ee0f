// What overwrites a state waits for all who still read it.

import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { createNativeSession } from "../../../src/engine/native/native-session.ts";
import { optimizerUpdate, squareSum } from "../../../src/engine/native/operators.ts";
import { GraphBuilder, type Value } from "../../../src/engine/onnx/graph-builder.ts";
import { output } from "../../../src/engine/onnx/layout.ts";
import { encodeModel, type GraphParts } from "../../../src/engine/onnx/model-proto.ts";
import { updatedInPlace } from "../../../src/engine/onnx/updated-in-place.ts";
import { skip } from "./native-for-tests.ts";

/** A graph with states p and q [4], of which `body` says the next ones and a loss [1]. */
function graphOf(
  body: (
    graph: GraphBuilder,
    p: Value,
    q: Value,
  ) => { readonly p: Value; readonly q: Value; readonly loss: Value },
): GraphParts {
  const graph = new GraphBuilder("", "native");
  const [p, q] = ["p", "q"].map((name) => graph.input(name, "float32", [4])) as [Value, Value];
  const next = body(graph, p, q);
  const outputs = [output("p/next", next.p), output("q/next", next.q), output("losses", next.loss)];
  return updatedInPlace(graph.build("test", outputs), graph, ["p", "q"]);
}

function updated(graph: GraphBuilder, parameter: Value, gradient: Value): Value {
  const rate = graph.constant(Float32Array.of(0.5), []);
  return optimizerUpdate(graph, "sgd", {}, parameter, gradient, [], [rate]).parameter;
}

const lossOf = (graph: GraphBuilder, value: Value) =>
  graph.node("Reshape", [squareSum(graph, value), graph.int64(1)], [1]);

const producerOf = ({ nodes }: GraphParts, name: string) =>
  nodes.find(({ outputs }) => outputs.includes(name))!;

/** All that must have run before a node. */
function before(graph: GraphParts, name: string): Set<string> {
  const seen = new Set<string>();
  const visit = (one: string): void => {
    const node = graph.nodes.find(({ outputs }) => outputs.includes(one));
    if (!node || seen.has(one)) return;
    seen.add(one);
    node.inputs.forEach(visit);
  };
  producerOf(graph, name).inputs.forEach(visit);
  return seen;
}

async function run(graph: GraphParts) {
  const session = await createNativeSession(encodeModel(graph), { threads: 1 });
  const state = { p: Float32Array.of(1, 2, 3, 4), q: Float32Array.of(8, 8, 8, 8) };
  const losses = new Float32Array(1);
  await session.runSteps(1, state, {}, losses);
  session.close();
  return { p: [...state.p], q: [...state.q], losses: [...losses] };
}

describe("a state that is changed in place", { skip }, () => {
  it("is changed when what its gradient does not need has read it", async () => {
    // As the gradient of a layer's input: reads the weights, and the weights' gradient does not need it.
    const graph = graphOf((graph, p, q) => {
      const next = updated(graph, p, q);
      return { p: next, q, loss: lossOf(graph, graph.node("Add", [p, p], [4])) };
    });
    const reader = graph.nodes.find(({ op }) => op === "Add")!;
    assert.ok(before(graph, "p/next").has(reader.outputs[0]!));
    assert.deepEqual(await run(graph), { p: [-3, -2, -1, 0], q: [8, 8, 8, 8], losses: [4 * 30] });
  });

  it("is seen through another shape, which is the same memory", async () => {
    const graph = graphOf((graph, p, q) => {
      const square = graph.node("Reshape", [p, graph.int64(2, 2)], [2, 2]);
      const product = graph.node("MatMul", [square, square], [2, 2]);
      return { p: updated(graph, p, q), q, loss: lossOf(graph, product) };
    });
    const reader = graph.nodes.find(({ op }) => op === "MatMul")!;
    assert.ok(before(graph, "p/next").has(reader.outputs[0]!));
    assert.deepEqual((await run(graph)).losses, [7 * 7 + 10 * 10 + 15 * 15 + 22 * 22]);
  });

  it("waits for nobody whom its gradient needs anyway", () => {
    const graph = graphOf((graph, p, q) => {
      const gradient = graph.node("Mul", [p, q], [4]);
      return { p: updated(graph, p, gradient), q, loss: lossOf(graph, gradient) };
    });
    assert.equal(producerOf(graph, "p/next").inputs.length, 3);
  });

  it("is copied last where any other node makes it", async () => {
    const graph = graphOf((graph, p, q) => ({
      p: graph.node("Sub", [q, p], [4]),
      q: graph.node("Add", [p, q], [4]),
      loss: lossOf(graph, p),
    }));
    assert.deepEqual(
      graph.nodes.filter(({ op }) => op === "Assign").map(({ outputs }) => outputs[0]),
      ["p/next", "q/next"],
    );
    assert.deepEqual(await run(graph), { p: [7, 6, 5, 4], q: [9, 10, 11, 12], losses: [30] });
  });

  it("is copied last where somebody reads both the old and the new one", async () => {
    const graph = graphOf((graph, p, q) => {
      const next = updated(graph, p, q);
      return { p: next, q, loss: lossOf(graph, graph.node("Sub", [p, next], [4])) };
    });
    assert.equal(producerOf(graph, "p/next").op, "Assign");
    assert.deepEqual(await run(graph), { p: [-3, -2, -1, 0], q: [8, 8, 8, 8], losses: [64] });
  });

  it("that cannot be, says so", () => {
    assert.throws(
      () => graphOf((graph, p, q) => ({ p: q, q: p, loss: lossOf(graph, p) })),
      /wait for itself/,
    );
  });
});
