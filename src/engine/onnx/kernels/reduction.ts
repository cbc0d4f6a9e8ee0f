// Sums, means and extremes along dimensions, and matrix products.

import { type KernelConfig, type TensorInfo, util } from "@tensorflow/tfjs-core";
import { sizeOf } from "../../../training-step.ts";
import { plain, type TraceBackend } from "../trace-backend.ts";
import { commonOrder, kernel, shapeIn } from "./kernel.ts";
import { matrixProduct } from "./matrix-product.ts";

const reductions = { Sum: "ReduceSum", Mean: "ReduceMean", Max: "ReduceMax", Min: "ReduceMin" } as const;

export const reductionKernels: readonly KernelConfig[] = [
  ...Object.entries(reductions).map(([name, op]) =>
    kernel(name, ({ backend, inputs, attrs }) => {
      const axis = (attrs.axis ?? attrs.reductionIndices) as number | number[] | null | undefined;
      return recordReduction(backend, op, inputs.x!, axis ?? null, attrs.keepDims === true);
    }),
  ),
  kernel("BatchMatMul", ({ backend, inputs, attrs }) => {
    const { transposeA, transposeB } = attrs as { transposeA: boolean; transposeB: boolean };
    const [a, b] = [inputs.a!, inputs.b!];
    const rank = a.shape.length;
    const rows = a.shape[transposeA ? rank - 1 : rank - 2]!;
    const columns = b.shape[transposeB ? rank - 2 : rank - 1]!;
    const shape = [...a.shape.slice(0, -2), rows, columns];
    const value = matrixProduct(
      backend.graph,
      backend.plainValue(backend.traced(a)),
      backend.plainValue(backend.traced(b)),
      shape,
      { a: transposeA, b: transposeB },
    );
    return backend.make({ value, order: plain(rank) }, shape, "float32");
  }),
  kernel("Softmax", ({ backend, inputs, attrs }) => {
    const logits = backend.traced(inputs.logits!);
    const order = commonOrder([logits], logits.shape.length);
    const dimension = (attrs.dim as number) < 0 ? logits.shape.length - 1 : (attrs.dim as number);
    const value = backend.graph.node(
      "Softmax",
      [backend.valueIn(logits, order)],
      shapeIn(order, logits.shape),
      { axis: order.indexOf(dimension) },
    );
    return backend.make({ value, order }, logits.shape, "float32");
  }),
];

function recordReduction(
  backend: TraceBackend,
  op: string,
  info: TensorInfo,
  axis: number | number[] | null,
  keepDims: boolean,
): TensorInfo {
  const x = backend.traced(info);
  const rank = info.shape.length;
  const axes = util.parseAxisParam(axis ?? plain(rank).slice(), info.shape);
  const keptShape = info.shape.map((length, dimension) => (axes.includes(dimension) ? 1 : length));
  const shape = keepDims ? keptShape : info.shape.filter((_, dimension) => !axes.includes(dimension));
  if (x.uniform !== undefined) {
    const count = op === "ReduceSum" ? axes.reduce((size, axis) => size * info.shape[axis]!, 1) : 1;
    return backend.make({ uniform: Math.fround(x.uniform * count), type: x.type }, shape, info.dtype);
  }
  if (axes.length === 0 || sizeOf(keptShape) === sizeOf(info.shape)) {
    return reshaped(backend, backend.make(x, info.shape, info.dtype), shape);
  }
  const physicalAxes = axes.map((dimension) => x.order.indexOf(dimension)).sort((a, b) => a - b);
  const physical = shapeIn(x.order, keptShape);
  const operands =
    op === "ReduceSum" || op === "ReduceMean" || op === "ReduceMax" || op === "ReduceMin"
      ? [x.value, backend.graph.int64(...physicalAxes)]
      : [x.value];
  const value = backend.graph.node(op, operands, physical, { keepdims: 1 });
  const kept = backend.make({ value, order: x.order }, keptShape, info.dtype);
  return keepDims ? kept : reshaped(backend, kept, shape);
}

/** A tensor under another shape of the same size. */
export function reshaped(backend: TraceBackend, info: TensorInfo, shape: readonly number[]): TensorInfo {
  const x = backend.traced(info);
  if (x.uniform !== undefined) return backend.make(x, shape, info.dtype);
  const same = shape.length === info.shape.length && shape.every((length, d) => length === info.shape[d]);
  if (same) return backend.make(x, shape, info.dtype);
  const value = backend.graph.node("Reshape", [backend.plainValue(x), backend.graph.int64(...shape)], shape);
  return backend.make({ value, order: plain(shape.length) }, shape, info.dtype);
}
