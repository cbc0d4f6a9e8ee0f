// Parts of a batch, one after another, as an ONNX Loop inside the graph: what a part needed is freed before the next.

import { engine, type Tensor } from "@tensorflow/tfjs-core";
import { GraphBuilder, type Value } from "./graph-builder.ts";
import { type Order, plain, type RecordSums, type TraceBackend } from "./trace-backend.ts";

/** As mean-over-parts.ts wants it. `prefix` keeps the names of the loop's body apart from all others. */
export const recordSums: RecordSums = (backend, prefix, parts, inputs, compute) => {
  const around = backend.graph;
  const body = new GraphBuilder(prefix, around.device, around);
  const iteration = body.input(`${prefix}iteration`, "int64", []);
  const condition = body.input(`${prefix}condition`, "bool", []);

  const partOf = (tensor: Tensor): Tensor => {
    const traced = backend.traced(tensor);
    const order = traced.uniform === undefined ? traced.order : plain(tensor.rank);
    if (order[0] !== 0) throw new Error("a batch whose first dimension does not lie first was to be cut");
    const whole = backend.valueIn(traced, order);
    const [length, ...rest] = whole.shape;
    const lying = [length! / parts, ...rest];
    const cut = around.node("Reshape", [whole, around.int64(parts, ...lying)], [parts, ...lying]);
    const value = body.node("Gather", [cut, iteration], lying, { axis: 0 });
    return asTensor(backend, value, order, [length! / parts, ...tensor.shape.slice(1)], tensor.dtype);
  };
  const cut = Object.entries(inputs).map(([name, tensor]) => [name, partOf(tensor)] as const);

  const sums = backend.record(body, () =>
    Object.entries(compute(Object.fromEntries(cut))).map(([name, tensor], index) => {
      const traced = backend.traced(tensor);
      const order = traced.uniform === undefined ? traced.order : plain(tensor.rank);
      const value = backend.valueIn(traced, order);
      const before = body.input(`${prefix}sum${index}`, "float32", value.shape);
      return { name, order, shape: tensor.shape, value: body.node("Add", [before, value], value.shape) };
    }),
  );
  const graph = body.build("part", [
    { name: `${prefix}condition/next`, type: "bool", shape: [], value: condition },
    ...sums.map(({ value }, index) => ({
      name: `${prefix}sum${index}/next`,
      type: "float32" as const,
      shape: value.shape,
      value,
    })),
  ]);
  const zero = around.constant(Float32Array.of(0), []);
  const zeros = sums.map(({ value: { shape } }) =>
    shape.length === 0 ? zero : around.node("Expand", [zero, around.int64(...shape)], shape),
  );
  const totals = around.nodes(
    "Loop",
    [around.constant(BigInt64Array.of(BigInt(parts)), []), null, ...zeros],
    sums.map(({ value }) => value.shape),
    { body: { graph } },
    { type: "float32" },
  );
  return Object.fromEntries(
    sums.map(({ name, order, shape }, index) => [
      name,
      asTensor(backend, totals[index]!, order, shape, "float32"),
    ]),
  );
};

function asTensor(
  backend: TraceBackend,
  value: Value,
  order: Order,
  shape: readonly number[],
  dtype: Tensor["dtype"],
): Tensor {
  return engine().makeTensorFromTensorInfo(backend.make({ value, order }, shape, dtype));
}
