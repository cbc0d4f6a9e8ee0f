// Sums, means and extremes along dimensions, and matrix products.

import { plain } from "../lowering.ts";
import { matrixProduct } from "./matrix-product.ts";
import { commonOrder, made, type Rule, type Rules, shapeIn } from "./rule.ts";
import { reshaped } from "./shape.ts";

const reductions = { Sum: "ReduceSum", Mean: "ReduceMean", Max: "ReduceMax", Min: "ReduceMin" } as const;

export const reductionRules: Rules = {
  ...Object.fromEntries(Object.entries(reductions).map(([name, op]) => [name, reduction(op)])),
  BatchMatMul: (context) => {
    const { lowering, graph, inputs, attributes, outputs } = context;
    const { transposeA, transposeB } = attributes as { transposeA: boolean; transposeB: boolean };
    const [a, b] = inputs.map((input) => lowering.plainValue(input));
    const { shape } = outputs[0]!;
    const value = matrixProduct(graph, a!, b!, shape, { a: transposeA, b: transposeB });
    return made(context, value, plain(shape.length));
  },
  Softmax: (context) => {
    const { lowering, graph, inputs, attributes } = context;
    const { shape } = inputs[0]!;
    const order = commonOrder(inputs, shape.length);
    const value = graph.node("Softmax", [lowering.valueIn(inputs[0]!, order)], shapeIn(order, shape), {
      axis: order.indexOf(attributes.dimension as number),
    });
    return made(context, value, order);
  },
};

function reduction(op: string): Rule {
  return (context) => {
    const { lowering, graph, inputs, attributes, outputs } = context;
    const { axes, keepDims } = attributes as { axes: readonly number[]; keepDims: boolean };
    const [x] = inputs;
    const order = commonOrder(inputs, x!.shape.length);
    const lying = axes.map((dimension) => order.indexOf(dimension)).sort((a, b) => a - b);
    const shape = x!.shape.map((length, dimension) => (axes.includes(dimension) ? 1 : length));
    const operands = [lowering.valueIn(x!, order), graph.int64(...lying)];
    const value = graph.node(op, operands, shapeIn(order, shape), { keepdims: 1 });
    const kept = { value, order, shape, dtype: x!.dtype };
    return keepDims ? kept : reshaped(lowering, kept, outputs[0]!.shape);
  };
}
