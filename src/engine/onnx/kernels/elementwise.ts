// Elementwise kernels, with TensorFlow.js's broadcasting, in whatever order the larger operand lies.

import { backend_util, type DataType, type KernelConfig, type TensorInfo } from "@tensorflow/tfjs-core";
import type { Value } from "../graph-builder.ts";
import type { Attribute } from "../model-proto.ts";
import { elementTypes } from "../model-proto.ts";
import {
  isScalar,
  type Order,
  onnxType,
  sameShape,
  type TraceBackend,
  type TracedTensor,
} from "../trace-backend.ts";
import { commonOrder, kernel, shapeIn } from "./kernel.ts";

/** TensorFlow.js kernel -> ONNX operator of the same meaning. */
const unary = {
  Abs: "Abs",
  Ceil: "Ceil",
  Cos: "Cos",
  Erf: "Erf",
  Exp: "Exp",
  Floor: "Floor",
  Log: "Log",
  Neg: "Neg",
  Reciprocal: "Reciprocal",
  Relu: "Relu",
  Round: "Round",
  Sigmoid: "Sigmoid",
  Sign: "Sign",
  Sin: "Sin",
  Softplus: "Softplus",
  Sqrt: "Sqrt",
  Tanh: "Tanh",
} as const;

const binary = {
  Add: "Add",
  Sub: "Sub",
  Multiply: "Mul",
  RealDiv: "Div",
  Maximum: "Max",
  Minimum: "Min",
  Pow: "Pow",
} as const;

const comparison = {
  Equal: "Equal",
  Greater: "Greater",
  GreaterEqual: "GreaterOrEqual",
  Less: "Less",
  LessEqual: "LessOrEqual",
} as const;

export const elementwiseKernels: readonly KernelConfig[] = [
  ...Object.entries(unary).map(([name, op]) =>
    kernel(name, ({ backend, inputs }) => recordUnary(backend, op, inputs.x!)),
  ),
  ...Object.entries(binary).map(([name, op]) =>
    kernel(name, ({ backend, inputs }) => {
      const a = backend.traced(inputs.a!);
      const b = backend.traced(inputs.b!);
      return (
        recordSimplified(backend, op, inputs, a, b) ??
        recordBiasedConvolution(backend, op, inputs, a, b) ??
        recordBroadcast(backend, op, [inputs.a!, inputs.b!], inputs.a!.dtype)
      );
    }),
  ),
  ...Object.entries(comparison).map(([name, op]) =>
    kernel(name, ({ backend, inputs }) => recordBroadcast(backend, op, [inputs.a!, inputs.b!], "bool")),
  ),
  kernel("LogicalAnd", ({ backend, inputs }) =>
    recordBroadcast(backend, "And", [inputs.a!, inputs.b!], "bool"),
  ),
  kernel("LogicalNot", ({ backend, inputs }) => recordUnary(backend, "Not", inputs.x!)),
  kernel("Select", ({ backend, inputs }) =>
    recordBroadcast(backend, "Where", [inputs.condition!, inputs.t!, inputs.e!], inputs.t!.dtype),
  ),
  kernel("SquaredDifference", ({ backend, inputs }) => {
    const difference = recordBroadcast(backend, "Sub", [inputs.a!, inputs.b!], inputs.a!.dtype);
    return recordBroadcast(backend, "Mul", [difference, difference], difference.dtype);
  }),
  kernel("Square", ({ backend, inputs }) =>
    recordBroadcast(backend, "Mul", [inputs.x!, inputs.x!], inputs.x!.dtype),
  ),
  kernel("Rsqrt", ({ backend, inputs }) =>
    recordUnary(backend, "Reciprocal", recordUnary(backend, "Sqrt", inputs.x!)),
  ),
  kernel("LeakyRelu", ({ backend, inputs, attrs }) =>
    recordUnary(backend, "LeakyRelu", inputs.x!, { alpha: { float: attrs.alpha as number } }),
  ),
  kernel("Relu6", ({ backend, inputs }) => {
    const x = backend.traced(inputs.x!);
    const order = commonOrder([x], x.shape.length);
    const limits = [0, 6].map((limit) => backend.scalar(limit, "float32"));
    const operands = [backend.valueIn(x, order), ...limits];
    const value = backend.graph.node("Clip", operands, shapeIn(order, x.shape));
    return backend.make({ value, order }, x.shape, inputs.x!.dtype);
  }),
  kernel("ClipByValue", ({ backend, inputs, attrs }) => {
    const limit = (number: unknown) =>
      backend.make({ uniform: number as number, type: "float32" }, [], "float32");
    const above = recordBroadcast(backend, "Max", [inputs.x!, limit(attrs.clipValueMin)], "float32");
    return recordBroadcast(backend, "Min", [above, limit(attrs.clipValueMax)], "float32");
  }),
  // step(x) is 1 above zero and `alpha` elsewhere. The gradient of ReLU asks for it: it is 1 where relu(x) > 0 too, so
  // that x itself need not be kept. A steep hard sigmoid, min(1, max(0, 1e38 x)), runs on all threads; Where, Cast and
  // Sign run on one.
  kernel("Step", ({ backend, inputs, attrs }) => {
    const { alpha = 0 } = attrs as { alpha?: number };
    const x = backend.traced(inputs.x!);
    const relu = x.uniform === undefined ? backend.graph.find("Relu", [x.value]) : null;
    const kept =
      relu && x.uniform === undefined
        ? backend.make({ value: relu, order: x.order }, x.shape, inputs.x!.dtype)
        : inputs.x!;
    const above = recordUnary(backend, "HardSigmoid", kept, { alpha: { float: 1e38 }, beta: { float: 0 } });
    const number = (uniform: number) => backend.make({ uniform, type: "float32" }, [], "float32");
    if (alpha === 0) return above;
    if (alpha > 0) return recordBroadcast(backend, "Max", [above, number(alpha)], "float32");
    const rise = recordBroadcast(backend, "Mul", [above, number(1 - alpha)], "float32");
    return recordBroadcast(backend, "Add", [rise, number(alpha)], "float32");
  }),
  kernel("Cast", ({ backend, inputs, attrs }) => cast(backend, inputs.x!, attrs.dtype as DataType)),
  kernel("Identity", ({ backend, inputs }) => same(backend, inputs.x!)),
  kernel("ZerosLike", ({ backend, inputs }) => filled(backend, inputs.x!, 0)),
  kernel("OnesLike", ({ backend, inputs }) => filled(backend, inputs.x!, 1)),
  kernel("Fill", ({ backend, attrs }) => {
    const dtype = (attrs.dtype as DataType | undefined) ?? "float32";
    const uniform = attrs.value as number;
    return backend.make({ uniform, type: onnxType(dtype) }, attrs.shape as number[], dtype);
  }),
];

function same(backend: TraceBackend, info: TensorInfo): TensorInfo {
  return backend.make(backend.traced(info), info.shape, info.dtype);
}

function filled(backend: TraceBackend, { shape, dtype }: TensorInfo, uniform: number): TensorInfo {
  return backend.make({ uniform, type: onnxType(dtype) }, shape, dtype);
}

function recordUnary(
  backend: TraceBackend,
  op: string,
  info: TensorInfo,
  attributes: Readonly<Record<string, Attribute>> = {},
): TensorInfo {
  const x = backend.traced(info);
  const order = commonOrder([x], info.shape.length);
  const value = backend.graph.node(op, [backend.valueIn(x, order)], shapeIn(order, info.shape), attributes);
  return backend.make({ value, order }, info.shape, info.dtype);
}

/** An elementwise operator over operands of any broadcastable shapes. */
export function recordBroadcast(
  backend: TraceBackend,
  op: string,
  infos: readonly TensorInfo[],
  dtype: DataType,
): TensorInfo {
  const tensors = infos.map((info) => backend.traced(info));
  const shape = infos
    .map((info) => info.shape)
    .reduce((a, b) => backend_util.assertAndGetBroadcastShape(a, b));
  const order = commonOrder(tensors, shape.length);
  const physical = shapeIn(order, shape);
  const operands = tensors.map((tensor) => operand(backend, tensor, order));
  const value = backend.graph.node(op, operands, physical, {}, { type: onnxType(dtype) });
  // Where every operand is smaller than the result (or uniform), the operator alone does not reach its shape.
  const reached = operands.map(({ shape }) => shape).reduce(backend_util.assertAndGetBroadcastShape as never);
  const full = sameShape(reached as readonly number[], physical)
    ? value
    : backend.graph.node("Expand", [value, backend.graph.int64(...physical)], physical);
  return backend.make({ value: full, order }, shape, dtype);
}

/** An operand in the order of the result, with dimensions of length 1 in front where its rank is lower. */
function operand(backend: TraceBackend, tensor: TracedTensor, order: Order): Value {
  if (tensor.uniform !== undefined) return backend.scalar(tensor.uniform, tensor.type);
  const missing = order.length - tensor.shape.length;
  if (missing === 0) return backend.valueIn(tensor, order);
  if (isScalar(tensor.shape) && tensor.shape.length === 0) return tensor.value;
  const value = backend.plainValue(tensor);
  const shape = [...Array<number>(missing).fill(1), ...tensor.shape];
  const reshaped = backend.graph.node("Reshape", [value, backend.graph.int64(...shape)], shape);
  const identity = shape.map((_, dimension) => dimension);
  return backend.valueIn({ value: reshaped, order: identity, shape }, order);
}

/** x * 1, x / 1, x + 0 and x - 0 are x; gradients are full of them. */
function recordSimplified(
  backend: TraceBackend,
  op: string,
  inputs: Readonly<Record<string, TensorInfo>>,
  a: TracedTensor,
  b: TracedTensor,
): TensorInfo | null {
  const shape = backend_util.assertAndGetBroadcastShape([...a.shape], [...b.shape]);
  const neutral = op === "Mul" || op === "Div" ? 1 : op === "Add" || op === "Sub" ? 0 : null;
  if (neutral !== null && b.uniform === neutral && sameShape(shape, a.shape)) return same(backend, inputs.a!);
  if ((op === "Mul" || op === "Add") && a.uniform === neutral && sameShape(shape, b.shape)) {
    return same(backend, inputs.b!);
  }
  if (a.uniform !== undefined && b.uniform !== undefined && op !== "Pow") {
    const uniform = folded[op as keyof typeof folded]?.(a.uniform, b.uniform);
    if (uniform !== undefined) {
      return backend.make({ uniform: Math.fround(uniform), type: a.type }, shape, inputs.a!.dtype);
    }
  }
  return op === "Mul"
    ? (masked(backend, inputs.a!, inputs.b!) ?? masked(backend, inputs.b!, inputs.a!))
    : null;
}

const folded = {
  Add: (a: number, b: number) => a + b,
  Sub: (a: number, b: number) => a - b,
  Mul: (a: number, b: number) => a * b,
  Div: (a: number, b: number) => a / b,
  Max: Math.max,
  Min: Math.min,
};

/** gradient * cast(mask) becomes one Where instead of a Cast and a Mul: two passes over memory, not three. */
function masked(backend: TraceBackend, gradient: TensorInfo, mask: TensorInfo): TensorInfo | null {
  const traced = backend.traced(mask);
  if (traced.uniform !== undefined || !sameShape(gradient.shape, mask.shape)) return null;
  const producer = backend.graph.producerOf(traced.value);
  if (producer?.op !== "Cast") return null;
  const condition = backend.graph.valueOf(producer.inputs[0]!);
  if (condition?.type !== "bool") return null;
  const chosen = backend.make({ value: condition, order: traced.order }, mask.shape, "bool");
  const zero = backend.make({ uniform: 0, type: "float32" }, [], "float32");
  return recordBroadcast(backend, "Where", [chosen, gradient, zero], "float32");
}

/** convolution + bias becomes the convolution's own bias: one pass over memory less. */
function recordBiasedConvolution(
  backend: TraceBackend,
  op: string,
  inputs: Readonly<Record<string, TensorInfo>>,
  a: TracedTensor,
  b: TracedTensor,
): TensorInfo | null {
  if (op !== "Add" || a.uniform !== undefined || b.uniform !== undefined || b.shape.length !== 1) return null;
  const producer = backend.graph.producerOf(a.value);
  if ((producer?.op !== "Conv" && producer?.op !== "ConvTranspose") || producer.inputs.length !== 2)
    return null;
  if (a.order[1] !== 3 || b.shape[0] !== a.shape[3]) return null;
  const operands = producer.inputs.map((name) => backend.graph.valueOf(name)!);
  const value = backend.graph.node(
    producer.op,
    [...operands, backend.plainValue(b)],
    a.value.shape,
    producer.attributes,
  );
  return backend.make({ value, order: a.order }, a.shape, inputs.a!.dtype);
}

function cast(backend: TraceBackend, info: TensorInfo, dtype: DataType): TensorInfo {
  const x = backend.traced(info);
  const type = onnxType(dtype);
  if (x.uniform !== undefined) {
    const uniform = dtype === "int32" ? Math.trunc(x.uniform) : dtype === "bool" ? +!!x.uniform : x.uniform;
    return backend.make({ uniform, type }, info.shape, dtype);
  }
  if (x.value.type === type) return backend.make(x, info.shape, dtype);
  const value = backend.graph.node("Cast", [x.value], x.value.shape, { to: elementTypes[type] }, { type });
  return backend.make({ value, order: x.order }, info.shape, dtype);
}
