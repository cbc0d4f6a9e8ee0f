// Parts of a batch, one after another, as an ONNX Loop inside the graph: what a part needed is freed before the next.

import { GraphBuilder } from "./graph-builder.ts";
import { orderOf } from "./lowering.ts";
import type { Rule } from "./rules/rule.ts";

export const lowerParts: Rule = ({ lowering, graph: around, node, inputs, outputs, attributes }) => {
  const parts = attributes.parts as number;
  const { parameters, nodes, outputs: results } = node.body!;
  // Keeps the names of the loop's body apart from all others.
  const prefix = `part${node.outputs[0]}/`;
  const body = new GraphBuilder(prefix, around.device, around);
  const iteration = body.input(`${prefix}iteration`, "int64", []);
  const condition = body.input(`${prefix}condition`, "bool", []);

  inputs.forEach((input, index) => {
    const order = orderOf(input);
    if (order[0] !== 0) throw new Error("a batch whose first dimension does not lie first was to be cut");
    const whole = lowering.valueIn(input, order);
    const [length, ...rest] = whole.shape;
    const lying = [length! / parts, ...rest];
    const cut = around.node("Reshape", [whole, around.int64(parts, ...lying)], [parts, ...lying]);
    lowering.define(parameters[index]!, body.node("Gather", [cut, iteration], lying, { axis: 0 }), order);
  });

  const sums = lowering.into(body, () => {
    lowering.lower(nodes);
    return results.map((id, index) => {
      const result = lowering.lowered(id);
      const order = orderOf(result);
      const value = lowering.valueIn(result, order);
      const before = body.input(`${prefix}sum${index}`, "float32", value.shape);
      return { order, value: body.node("Add", [before, value], value.shape) };
    });
  });
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
  return sums.map(({ order }, index) => {
    const { shape, dtype } = outputs[index]!;
    return { value: totals[index]!, order, shape, dtype };
  });
};
