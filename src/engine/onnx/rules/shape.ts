// Kernels that move elements without computing. Transposing a lowered tensor costs nothing until orders meet.

import { sameShape } from "../../../training-step.ts";
import { type Lowered, type Lowering, plain } from "../lowering.ts";
import { commonOrder, made, type Rules, shapeIn } from "./rule.ts";

export const shapeRules: Rules = {
  Reshape: ({ lowering, inputs, outputs }) => reshaped(lowering, inputs[0]!, outputs[0]!.shape),
  Transpose: (context) => {
    const x = context.inputs[0]!;
    const { shape } = context.outputs[0]!;
    if (x.uniform !== undefined) return { ...x, shape };
    const perm = context.attributes.perm as number[];
    return made(
      context,
      x.value,
      x.order.map((dimension) => perm.indexOf(dimension)),
    );
  },
  Slice: (context) => {
    const { graph, inputs, attributes } = context;
    const { begin, size } = attributes as { begin: number[]; size: number[] };
    const x = inputs[0]!;
    if (x.uniform !== undefined) return { ...x, shape: size };
    const { value, order } = x;
    const cut = order.map((_, axis) => axis).filter((axis) => size[order[axis]!] !== value.shape[axis]);
    const starts = cut.map((axis) => begin[order[axis]!]!);
    const ends = cut.map((axis, index) => starts[index]! + size[order[axis]!]!);
    const operands = [value, graph.int64(...starts), graph.int64(...ends), graph.int64(...cut)];
    return made(context, graph.node("Slice", operands, shapeIn(order, size)), order);
  },
  Concat: (context) => {
    const { lowering, graph, inputs, attributes, outputs } = context;
    const { shape } = outputs[0]!;
    const order = commonOrder(inputs, shape.length);
    const value = graph.node(
      "Concat",
      inputs.map((tensor) => lowering.valueIn(tensor, order)),
      shapeIn(order, shape),
      { axis: order.indexOf(attributes.axis as number) },
    );
    return made(context, value, order);
  },
  SplitV: ({ lowering, graph, inputs, attributes, outputs }) => {
    const { axis, sizes } = attributes as { axis: number; sizes: number[] };
    const order = commonOrder(inputs, inputs[0]!.shape.length);
    const values = graph.nodes(
      "Split",
      [lowering.valueIn(inputs[0]!, order), graph.int64(...sizes)],
      outputs.map(({ shape }) => shapeIn(order, shape)),
      { axis: order.indexOf(axis) },
    );
    return values.map((value, index) => ({ value, order, ...described(outputs[index]!) }));
  },
  PadV2: (context) => {
    const { lowering, graph, inputs, attributes, outputs } = context;
    const { paddings, value: filling } = attributes as { paddings: [number, number][]; value: number };
    const { shape, dtype } = outputs[0]!;
    const order = commonOrder(inputs, shape.length);
    const pads = [0, 1].flatMap((side) => order.map((dimension) => paddings[dimension]![side as 0 | 1]));
    const operands = [
      lowering.valueIn(inputs[0]!, order),
      graph.int64(...pads),
      lowering.scalar(filling, dtype),
    ];
    const value = graph.node("Pad", operands, shapeIn(order, shape), { mode: "constant" });
    return made(context, value, order);
  },
  Tile: (context) => {
    const { graph, inputs, attributes, outputs } = context;
    const x = inputs[0]!;
    const { shape } = outputs[0]!;
    if (x.uniform !== undefined) return { ...x, shape };
    const repeats = graph.int64(...shapeIn(x.order, attributes.reps as number[]));
    return made(context, graph.node("Tile", [x.value, repeats], shapeIn(x.order, shape)), x.order);
  },
  GatherV2: (context) => {
    const { lowering, graph, inputs, attributes, outputs } = context;
    const [table, at] = inputs as [Lowered, Lowered];
    const { shape } = outputs[0]!;
    // Looking a scalar table up keeps the order of the indices.
    const fromVector = table.shape.length === 1;
    const order = fromVector ? commonOrder([at], at.shape.length) : plain(shape.length);
    const positions = fromVector ? lowering.valueIn(at, order) : lowering.plainValue(at);
    const value = graph.node("Gather", [lowering.plainValue(table), positions], shapeIn(order, shape), {
      axis: attributes.axis as number,
    });
    return made(context, value, order);
  },
};

function described({ shape, dtype }: Pick<Lowered, "shape" | "dtype">) {
  return { shape, dtype };
}

/** A tensor under another shape of the same size. */
export function reshaped(lowering: Lowering, x: Lowered, shape: readonly number[]): Lowered {
  if (x.uniform !== undefined) return { ...x, shape };
  if (sameShape(shape, x.shape)) return x;
  const { graph } = lowering;
  const value = graph.node("Reshape", [lowering.plainValue(x), graph.int64(...shape)], shape);
  return { value, order: plain(shape.length), shape, dtype: x.dtype };
}
