// Kernels that move elements without computing. Transposing a traced tensor costs nothing until orders meet.

import { backend_util, type KernelConfig, slice_util, type TensorInfo, util } from "@tensorflow/tfjs-core";
import { sizeOf } from "../../../training-step.ts";
import { onnxType, plain } from "../trace-backend.ts";
import { commonOrder, kernel, shapeIn } from "./kernel.ts";
import { reshaped } from "./reduction.ts";

export const shapeKernels: readonly KernelConfig[] = [
  kernel("Reshape", ({ backend, inputs, attrs }) => {
    const x = inputs.x!;
    return reshaped(backend, x, util.inferFromImplicitShape(attrs.shape as number[], sizeOf(x.shape)));
  }),
  kernel("ExpandDims", ({ backend, inputs, attrs }) => {
    const shape = [...inputs.input!.shape];
    const dimension = attrs.dim as number;
    shape.splice(dimension < 0 ? shape.length + dimension + 1 : dimension, 0, 1);
    return reshaped(backend, inputs.input!, shape);
  }),
  kernel("Transpose", ({ backend, inputs, attrs }) => {
    const x = backend.traced(inputs.x!);
    const perm = attrs.perm as number[];
    const shape = perm.map((dimension) => x.shape[dimension]!);
    if (x.uniform !== undefined) return backend.make(x, shape, inputs.x!.dtype);
    const order = x.order.map((dimension) => perm.indexOf(dimension));
    return backend.make({ value: x.value, order }, shape, inputs.x!.dtype);
  }),
  kernel("Slice", ({ backend, inputs, attrs }) => {
    const x = backend.traced(inputs.x!);
    const [begin, size] = slice_util.parseSliceParams(
      inputs.x as never,
      attrs.begin as number[],
      attrs.size as number[],
    ) as [number[], number[]];
    if (x.uniform !== undefined) return backend.make(x, size, inputs.x!.dtype);
    const cut = x.order.map((_, axis) => axis).filter((axis) => size[x.order[axis]!] !== x.value.shape[axis]);
    if (cut.length === 0) return backend.make(x, size, inputs.x!.dtype);
    const starts = cut.map((axis) => begin[x.order[axis]!]!);
    const ends = cut.map((axis, index) => starts[index]! + size[x.order[axis]!]!);
    const { graph } = backend;
    const value = graph.node(
      "Slice",
      [x.value, graph.int64(...starts), graph.int64(...ends), graph.int64(...cut)],
      shapeIn(x.order, size),
    );
    return backend.make({ value, order: x.order }, size, inputs.x!.dtype);
  }),
  kernel("Concat", ({ backend, inputs, attrs }) => {
    const infos = (Object.values(inputs) as TensorInfo[]).filter((info) => sizeOf(info.shape) > 0);
    const tensors = infos.map((info) => backend.traced(info));
    const first = infos[0]!;
    const rank = first.shape.length;
    const axis = util.parseAxisParam(attrs.axis as number, first.shape)[0]!;
    const order = commonOrder(tensors, rank);
    const shape = [...first.shape];
    shape[axis] = infos.reduce((sum, info) => sum + info.shape[axis]!, 0);
    const value = backend.graph.node(
      "Concat",
      tensors.map((tensor) => backend.valueIn(tensor, order)),
      shapeIn(order, shape),
      { axis: order.indexOf(axis) },
    );
    return backend.make({ value, order }, shape, first.dtype);
  }),
  kernel("SplitV", ({ backend, inputs, attrs }) => {
    const x = backend.traced(inputs.x!);
    const axis = util.parseAxisParam(attrs.axis as number, inputs.x!.shape)[0]!;
    const sizes = backend_util.prepareSplitSize(inputs.x as never, attrs.numOrSizeSplits as number[], axis);
    const shapes: number[][] = sizes.map((size) =>
      inputs.x!.shape.map((length, d) => (d === axis ? size : length)),
    );
    const order = commonOrder([x], x.shape.length);
    const values = backend.graph.nodes(
      "Split",
      [backend.valueIn(x, order), backend.graph.int64(...sizes)],
      shapes.map((shape) => shapeIn(order, shape)),
      { axis: order.indexOf(axis) },
    );
    return values.map((value, index) => backend.make({ value, order }, shapes[index]!, inputs.x!.dtype));
  }),
  kernel("PadV2", ({ backend, inputs, attrs }) => {
    const x = backend.traced(inputs.x!);
    const paddings = attrs.paddings as [number, number][];
    const shape = x.shape.map(
      (length, dimension) => length + paddings[dimension]![0] + paddings[dimension]![1],
    );
    const order = commonOrder([x], shape.length);
    const pads = [0, 1].flatMap((side) => order.map((dimension) => paddings[dimension]![side as 0 | 1]));
    const { graph } = backend;
    const constant = backend.scalar(attrs.constantValue as number, onnxType(inputs.x!.dtype));
    const value = graph.node(
      "Pad",
      [backend.valueIn(x, order), graph.int64(...pads), constant],
      shapeIn(order, shape),
      { mode: "constant" },
    );
    return backend.make({ value, order }, shape, inputs.x!.dtype);
  }),
  kernel("Tile", ({ backend, inputs, attrs }) => {
    const x = backend.traced(inputs.x!);
    const reps = attrs.reps as number[];
    const shape = x.shape.map((length, dimension) => length * reps[dimension]!);
    if (x.uniform !== undefined) return backend.make(x, shape, inputs.x!.dtype);
    const repeats = backend.graph.int64(...shapeIn(x.order, reps));
    const value = backend.graph.node("Tile", [x.value, repeats], shapeIn(x.order, shape));
    return backend.make({ value, order: x.order }, shape, inputs.x!.dtype);
  }),
  kernel("GatherV2", ({ backend, inputs, attrs }) => {
    const { x, indices } = inputs as { x: TensorInfo; indices: TensorInfo };
    if ((attrs.batchDims as number) !== 0) throw new Error("tf.gather with batchDims cannot be traced");
    const axis = util.parseAxisParam(attrs.axis as number, x.shape)[0]!;
    const shape = [...x.shape.slice(0, axis), ...indices.shape, ...x.shape.slice(axis + 1)];
    const table = backend.plainValue(backend.traced(x));
    const at = backend.traced(indices);
    // Looking a scalar table up keeps the order of the indices.
    const order = x.shape.length === 1 ? commonOrder([at], indices.shape.length) : plain(shape.length);
    const positions = x.shape.length === 1 ? backend.valueIn(at, order) : backend.plainValue(at);
    const value = backend.graph.node("Gather", [table, positions], shapeIn(order, shape), { axis });
    return backend.make({ value, order }, shape, x.dtype);
  }),
];
