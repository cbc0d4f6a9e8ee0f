// Elementwise kernels, with TensorFlow.js's broadcasting. What is known already, such as x * 1, records nothing.

import { backend_util, type DataType, type KernelConfig, type TensorInfo } from "@tensorflow/tfjs-core";
import { sameShape } from "../../../training-step.ts";
import type { Recorder } from "../recorder.ts";
import { kernel } from "./kernel.ts";

const unary = [
  ...["Abs", "Ceil", "Cos", "Erf", "Exp", "Floor", "Log", "Neg", "Reciprocal", "Relu", "Relu6", "Round"],
  ...["Rsqrt", "Sigmoid", "Sign", "Sin", "Softplus", "Sqrt", "Square", "Tanh"],
];

/** What each gives for two numbers; null where rounding would depend on who computes it. */
const binary: Readonly<Record<string, ((a: number, b: number) => number) | null>> = {
  Add: (a, b) => a + b,
  Sub: (a, b) => a - b,
  Multiply: (a, b) => a * b,
  RealDiv: (a, b) => a / b,
  Maximum: Math.max,
  Minimum: Math.min,
  SquaredDifference: (a, b) => (a - b) ** 2,
  Pow: null,
};

/** The second operand that leaves the first as it is. */
const neutral: Readonly<Record<string, number>> = { Multiply: 1, RealDiv: 1, Add: 0, Sub: 0 };
const commutative = new Set(["Add", "Multiply"]);

const comparisons = ["Equal", "Greater", "GreaterEqual", "Less", "LessEqual", "LogicalAnd"];

export const elementwiseKernels: readonly KernelConfig[] = [
  ...unary.map((name) => kernel(name, ({ recorder, inputs }) => recorder.node(name, [inputs.x!], inputs.x!))),
  ...Object.keys(binary).map((name) =>
    kernel(
      name,
      ({ recorder, inputs }) =>
        simplified(recorder, name, inputs.a!, inputs.b!) ??
        broadcast(recorder, name, [inputs.a!, inputs.b!], inputs.a!.dtype),
    ),
  ),
  ...comparisons.map((name) =>
    kernel(name, ({ recorder, inputs }) => broadcast(recorder, name, [inputs.a!, inputs.b!], "bool")),
  ),
  kernel("LogicalNot", ({ recorder, inputs }) => recorder.node("LogicalNot", [inputs.x!], inputs.x!)),
  kernel("Select", ({ recorder, inputs }) =>
    broadcast(recorder, "Select", [inputs.condition!, inputs.t!, inputs.e!], inputs.t!.dtype),
  ),
  kernel("LeakyRelu", ({ recorder, inputs, attrs }) =>
    recorder.node("LeakyRelu", [inputs.x!], inputs.x!, { alpha: attrs.alpha as number }),
  ),
  kernel("ClipByValue", ({ recorder, inputs, attrs }) =>
    recorder.node("ClipByValue", [inputs.x!], inputs.x!, {
      min: attrs.clipValueMin as number,
      max: attrs.clipValueMax as number,
    }),
  ),
  // 1 above zero and `alpha` elsewhere.
  kernel("Step", ({ recorder, inputs, attrs }) =>
    recorder.node("Step", [inputs.x!], inputs.x!, { alpha: (attrs.alpha as number | undefined) ?? 0 }),
  ),
  kernel("Cast", ({ recorder, inputs, attrs }) => cast(recorder, inputs.x!, attrs.dtype as DataType)),
  kernel("Identity", ({ recorder, inputs }) => recorder.same(inputs.x!)),
  kernel("ZerosLike", ({ recorder, inputs: { x } }) => recorder.uniform(0, x!.shape, x!.dtype)),
  kernel("OnesLike", ({ recorder, inputs: { x } }) => recorder.uniform(1, x!.shape, x!.dtype)),
  kernel("Fill", ({ recorder, attrs }) =>
    recorder.uniform(
      attrs.value as number,
      attrs.shape as number[],
      (attrs.dtype as DataType | undefined) ?? "float32",
    ),
  ),
];

function broadcast(recorder: Recorder, op: string, inputs: readonly TensorInfo[], dtype: DataType) {
  const shape = inputs
    .map((info) => info.shape)
    .reduce((a, b) => backend_util.assertAndGetBroadcastShape(a, b));
  return recorder.node(op, inputs, { shape, dtype });
}

/** x * 1, x / 1, x + 0 and x - 0 are x; gradients are full of them. Two numbers are computed here. */
function simplified(recorder: Recorder, op: string, a: TensorInfo, b: TensorInfo): TensorInfo | null {
  const shape = backend_util.assertAndGetBroadcastShape(a.shape, b.shape);
  const [left, right] = [recorder.uniformOf(a), recorder.uniformOf(b)];
  const none = neutral[op];
  if (none !== undefined && right === none && sameShape(shape, a.shape)) return recorder.same(a);
  if (commutative.has(op) && left === none && sameShape(shape, b.shape)) return recorder.same(b);
  const compute = binary[op];
  if (left === undefined || right === undefined || !compute) return null;
  return recorder.uniform(Math.fround(compute(left, right)), shape, a.dtype);
}

function cast(recorder: Recorder, x: TensorInfo, dtype: DataType): TensorInfo {
  if (x.dtype === dtype) return recorder.same(x);
  const uniform = recorder.uniformOf(x);
  if (uniform === undefined) return recorder.node("Cast", [x], { shape: x.shape, dtype }, { dtype });
  const number = dtype === "int32" ? Math.trunc(uniform) : dtype === "bool" ? Number(uniform !== 0) : uniform;
  return recorder.uniform(number, x.shape, dtype);
}
