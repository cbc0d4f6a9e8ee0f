// Kernels that move elements without computing.

import { backend_util, type KernelConfig, slice_util, type TensorInfo, util } from "@tensorflow/tfjs-core";
import { sameShape, sizeOf } from "../../../training-step.ts";
import type { Recorder } from "../recorder.ts";
import { kernel } from "./kernel.ts";

export const shapeKernels: readonly KernelConfig[] = [
  kernel("Reshape", ({ recorder, inputs, attrs }) => {
    const x = inputs.x!;
    return reshaped(recorder, x, util.inferFromImplicitShape(attrs.shape as number[], sizeOf(x.shape)));
  }),
  kernel("ExpandDims", ({ recorder, inputs, attrs }) => {
    const shape = [...inputs.input!.shape];
    const dimension = attrs.dim as number;
    shape.splice(dimension < 0 ? shape.length + dimension + 1 : dimension, 0, 1);
    return reshaped(recorder, inputs.input!, shape);
  }),
  kernel("Transpose", ({ recorder, inputs, attrs }) => {
    const perm = attrs.perm as number[];
    const shape = perm.map((dimension) => inputs.x!.shape[dimension]!);
    return moved(recorder, "Transpose", inputs.x!, shape, { perm });
  }),
  kernel("Slice", ({ recorder, inputs, attrs }) => {
    const x = inputs.x!;
    const [begin, size] = slice_util.parseSliceParams(
      x as never,
      attrs.begin as number[],
      attrs.size as number[],
    ) as [number[], number[]];
    if (sameShape(size, x.shape)) return recorder.same(x);
    return moved(recorder, "Slice", x, size, { begin, size });
  }),
  kernel("Concat", ({ recorder, inputs, attrs }) => {
    const parts = (Object.values(inputs) as TensorInfo[]).filter((info) => sizeOf(info.shape) > 0);
    const first = parts[0]!;
    const axis = util.parseAxisParam(attrs.axis as number, first.shape)[0]!;
    const shape = [...first.shape];
    shape[axis] = parts.reduce((sum, info) => sum + info.shape[axis]!, 0);
    return recorder.node("Concat", parts, { shape, dtype: first.dtype }, { axis });
  }),
  kernel("SplitV", ({ recorder, inputs, attrs }) => {
    const x = inputs.x!;
    const axis = util.parseAxisParam(attrs.axis as number, x.shape)[0]!;
    const sizes: number[] = backend_util.prepareSplitSize(
      x as never,
      attrs.numOrSizeSplits as number[],
      axis,
    );
    const outputs = sizes.map((size) => ({
      shape: x.shape.map((length, dimension) => (dimension === axis ? size : length)),
      dtype: x.dtype,
    }));
    return recorder.several("SplitV", [x], outputs, { axis, sizes });
  }),
  kernel("PadV2", ({ recorder, inputs, attrs }) => {
    const x = inputs.x!;
    const paddings = attrs.paddings as [number, number][];
    const shape = x.shape.map(
      (length, dimension) => length + paddings[dimension]![0] + paddings[dimension]![1],
    );
    const value = attrs.constantValue as number;
    return recorder.node("PadV2", [x], { shape, dtype: x.dtype }, { paddings, value });
  }),
  kernel("Tile", ({ recorder, inputs, attrs }) => {
    const reps = attrs.reps as number[];
    const shape = inputs.x!.shape.map((length, dimension) => length * reps[dimension]!);
    return moved(recorder, "Tile", inputs.x!, shape, { reps });
  }),
  kernel("GatherV2", ({ recorder, inputs, attrs }) => {
    const { x, indices } = inputs as { x: TensorInfo; indices: TensorInfo };
    if ((attrs.batchDims as number) !== 0) throw new Error("tf.gather with batchDims cannot be traced");
    const axis = util.parseAxisParam(attrs.axis as number, x.shape)[0]!;
    const shape = [...x.shape.slice(0, axis), ...indices.shape, ...x.shape.slice(axis + 1)];
    return recorder.node("GatherV2", [x, indices], { shape, dtype: x.dtype }, { axis });
  }),
];

/** A tensor under another shape of the same size. */
export function reshaped(recorder: Recorder, x: TensorInfo, shape: readonly number[]): TensorInfo {
  return sameShape(shape, x.shape) ? recorder.same(x) : moved(recorder, "Reshape", x, shape, { shape });
}

/** One number everywhere stays that, wherever its elements move. */
function moved(
  recorder: Recorder,
  op: string,
  x: TensorInfo,
  shape: readonly number[],
  attributes: Readonly<Record<string, readonly number[]>>,
): TensorInfo {
  const uniform = recorder.uniformOf(x);
  if (uniform !== undefined) return recorder.uniform(uniform, shape, x.dtype);
  return recorder.node(op, [x], { shape, dtype: x.dtype }, attributes);
}
