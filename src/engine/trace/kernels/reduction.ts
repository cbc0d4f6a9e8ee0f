// Sums, means and extremes along dimensions, and matrix products.

import { type KernelConfig, type TensorInfo, util } from "@tensorflow/tfjs-core";
import { sizeOf } from "../../../training-step.ts";
import type { Recorder } from "../recorder.ts";
import { kernel } from "./kernel.ts";
import { reshaped } from "./shape.ts";

export const reductionKernels: readonly KernelConfig[] = [
  ...["Sum", "Mean", "Max", "Min"].map((name) =>
    kernel(name, ({ recorder, inputs, attrs }) => {
      const axis = (attrs.axis ?? attrs.reductionIndices) as number | number[] | null | undefined;
      return reduced(recorder, name, inputs.x!, axis ?? null, attrs.keepDims === true);
    }),
  ),
  kernel("BatchMatMul", ({ recorder, inputs, attrs }) => {
    const { transposeA, transposeB } = attrs as { transposeA: boolean; transposeB: boolean };
    const [a, b] = [inputs.a!, inputs.b!];
    const rank = a.shape.length;
    const rows = a.shape[transposeA ? rank - 1 : rank - 2]!;
    const columns = b.shape[transposeB ? rank - 2 : rank - 1]!;
    const shape = [...a.shape.slice(0, -2), rows, columns];
    return recorder.node("BatchMatMul", [a, b], { shape, dtype: "float32" }, { transposeA, transposeB });
  }),
  kernel("Softmax", ({ recorder, inputs, attrs }) => {
    const logits = inputs.logits!;
    const dimension = (attrs.dim as number) < 0 ? logits.shape.length - 1 : (attrs.dim as number);
    return recorder.node("Softmax", [logits], logits, { dimension });
  }),
];

function reduced(
  recorder: Recorder,
  op: string,
  x: TensorInfo,
  axis: number | number[] | null,
  keepDims: boolean,
): TensorInfo {
  const all = x.shape.map((_, dimension) => dimension);
  const axes = [...util.parseAxisParam(axis ?? all, x.shape)].sort((a, b) => a - b);
  const kept = x.shape.map((length, dimension) => (axes.includes(dimension) ? 1 : length));
  const shape = keepDims ? kept : x.shape.filter((_, dimension) => !axes.includes(dimension));
  const uniform = recorder.uniformOf(x);
  if (uniform !== undefined) {
    const count = op === "Sum" ? axes.reduce((size, axis) => size * x.shape[axis]!, 1) : 1;
    return recorder.uniform(Math.fround(uniform * count), shape, x.dtype);
  }
  if (sizeOf(kept) === sizeOf(x.shape)) return reshaped(recorder, x, shape);
  return recorder.node(op, [x], { shape, dtype: x.dtype }, { axes, keepDims });
}
