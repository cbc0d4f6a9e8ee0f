// Elementwise kernels, with TensorFlow.js's broadcasting, in whatever order the larger operand lies.

import { backend_util } from "@tensorflow/tfjs-core";
import { sameShape } from "../../../training-step.ts";
import type { TraceType } from "../../trace/trace.ts";
import type { Value } from "../graph-builder.ts";
import { type Lowered, type Lowering, type Order, uniformly } from "../lowering.ts";
import { type Attribute, elementTypes } from "../model-proto.ts";
import { commonOrder, made, type Rule, type Rules, shapeIn } from "./rule.ts";

/** Kernel -> ONNX operator of the same meaning. */
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

export const elementwiseRules: Rules = {
  ...Object.fromEntries(Object.entries(unary).map(([name, op]) => [name, unaryRule(op)])),
  ...Object.fromEntries(Object.entries(binary).map(([name, op]) => [name, binaryRule(op)])),
  ...Object.fromEntries(Object.entries(comparison).map(([name, op]) => [name, broadcastRule(op)])),
  LogicalAnd: broadcastRule("And"),
  LogicalNot: unaryRule("Not"),
  Select: broadcastRule("Where"),
  SquaredDifference: ({ lowering, inputs, outputs }) => {
    const difference = broadcast(lowering, "Sub", inputs, outputs[0]!.dtype);
    return broadcast(lowering, "Mul", [difference, difference], outputs[0]!.dtype);
  },
  Square: ({ lowering, inputs: [x] }) => broadcast(lowering, "Mul", [x!, x!], x!.dtype),
  Rsqrt: ({ lowering, inputs }) => unaryNode(lowering, "Reciprocal", unaryNode(lowering, "Sqrt", inputs[0]!)),
  LeakyRelu: ({ lowering, inputs, attributes }) =>
    unaryNode(lowering, "LeakyRelu", inputs[0]!, { alpha: { float: attributes.alpha as number } }),
  Relu6: (context) => {
    const { lowering, graph, inputs } = context;
    const { shape } = inputs[0]!;
    const order = commonOrder(inputs, shape.length);
    const limits = [0, 6].map((limit) => lowering.scalar(limit, "float32"));
    const value = graph.node("Clip", [lowering.valueIn(inputs[0]!, order), ...limits], shapeIn(order, shape));
    return made(context, value, order);
  },
  ClipByValue: ({ lowering, inputs, attributes }) => {
    const { min, max } = attributes as { min: number; max: number };
    const above = broadcast(lowering, "Max", [inputs[0]!, uniformly(min)], "float32");
    return broadcast(lowering, "Min", [above, uniformly(max)], "float32");
  },
  // 1 above zero and `alpha` elsewhere. A steep hard sigmoid, min(1, max(0, 1e38 x)), runs on all threads; Where, Cast
  // and Sign run on one.
  Step: ({ lowering, inputs, attributes }) => {
    const alpha = attributes.alpha as number;
    const steep = { alpha: { float: 1e38 }, beta: { float: 0 } };
    const above = unaryNode(lowering, "HardSigmoid", inputs[0]!, steep);
    if (alpha === 0) return above;
    if (alpha > 0) return broadcast(lowering, "Max", [above, uniformly(alpha)], "float32");
    const rise = broadcast(lowering, "Mul", [above, uniformly(1 - alpha)], "float32");
    return broadcast(lowering, "Add", [rise, uniformly(alpha)], "float32");
  },
  Cast: (context) => {
    const { lowering, graph, inputs, outputs } = context;
    const x = inputs[0]!;
    const type = outputs[0]!.dtype;
    const order = commonOrder(inputs, x.shape.length);
    const value = lowering.valueIn(x, order);
    return made(
      context,
      graph.node("Cast", [value], value.shape, { to: elementTypes[type] }, { type }),
      order,
    );
  },
};

function unaryRule(op: string): Rule {
  return ({ lowering, inputs }) => unaryNode(lowering, op, inputs[0]!);
}

function broadcastRule(op: string): Rule {
  return ({ lowering, inputs, outputs }) => broadcast(lowering, op, inputs, outputs[0]!.dtype);
}

function binaryRule(op: string): Rule {
  return ({ lowering, inputs, outputs }) => {
    const [a, b] = inputs as [Lowered, Lowered];
    return (
      (op === "Mul" ? (masked(lowering, a, b) ?? masked(lowering, b, a)) : null) ??
      (op === "Add" ? biasedConvolution(lowering, a, b) : null) ??
      broadcast(lowering, op, inputs, outputs[0]!.dtype)
    );
  };
}

function unaryNode(
  lowering: Lowering,
  op: string,
  x: Lowered,
  attributes: Readonly<Record<string, Attribute>> = {},
): Lowered {
  const order = commonOrder([x], x.shape.length);
  const operands = [lowering.valueIn(x, order)];
  const value = lowering.graph.node(op, operands, shapeIn(order, x.shape), attributes);
  return { value, order, shape: x.shape, dtype: x.dtype };
}

/** An elementwise operator over operands of any broadcastable shapes. */
function broadcast(lowering: Lowering, op: string, tensors: readonly Lowered[], dtype: TraceType): Lowered {
  const { graph } = lowering;
  const shape = tensors
    .map((tensor) => [...tensor.shape])
    .reduce((a, b) => backend_util.assertAndGetBroadcastShape(a, b));
  const order = commonOrder(tensors, shape.length);
  const lying = shapeIn(order, shape);
  const operands = tensors.map((tensor) => operand(lowering, tensor, order));
  const value = graph.node(op, operands, lying, {}, { type: dtype });
  // Where every operand is smaller than the result (or uniform), the operator alone does not reach its shape.
  const reached = operands
    .map((one) => [...one.shape])
    .reduce((a, b) => backend_util.assertAndGetBroadcastShape(a, b));
  const full = sameShape(reached, lying)
    ? value
    : graph.node("Expand", [value, graph.int64(...lying)], lying);
  return { value: full, order, shape, dtype };
}

/** An operand in the order of the result, with dimensions of length 1 in front where its rank is lower. */
function operand(lowering: Lowering, tensor: Lowered, order: Order): Value {
  if (tensor.uniform !== undefined) return lowering.scalar(tensor.uniform, tensor.dtype);
  const missing = order.length - tensor.shape.length;
  if (missing === 0) return lowering.valueIn(tensor, order);
  if (tensor.shape.length === 0) return tensor.value;
  const { graph } = lowering;
  const shape = [...Array<number>(missing).fill(1), ...tensor.shape];
  const value = graph.node("Reshape", [lowering.plainValue(tensor), graph.int64(...shape)], shape);
  const identity = shape.map((_, dimension) => dimension);
  return lowering.valueIn({ value, order: identity, shape, dtype: tensor.dtype }, order);
}

/** gradient * cast(mask) becomes one Where instead of a Cast and a Mul: two passes over memory, not three. */
function masked(lowering: Lowering, gradient: Lowered, mask: Lowered): Lowered | null {
  if (mask.uniform !== undefined || !sameShape(gradient.shape, mask.shape)) return null;
  const producer = lowering.graph.producerOf(mask.value);
  if (producer?.op !== "Cast") return null;
  const condition = lowering.graph.valueOf(producer.inputs[0]!);
  if (condition?.type !== "bool") return null;
  const chosen: Lowered = { value: condition, order: mask.order, shape: mask.shape, dtype: "bool" };
  return broadcast(lowering, "Where", [chosen, gradient, uniformly(0)], "float32");
}

/** convolution + bias becomes the convolution's own bias: one pass over memory less. */
function biasedConvolution(lowering: Lowering, a: Lowered, b: Lowered): Lowered | null {
  const { graph } = lowering;
  if (a.uniform !== undefined || b.uniform !== undefined || b.shape.length !== 1) return null;
  const producer = graph.producerOf(a.value);
  if ((producer?.op !== "Conv" && producer?.op !== "ConvTranspose") || producer.inputs.length !== 2)
    return null;
  if (a.order[1] !== 3 || b.shape[0] !== a.shape[3]) return null;
  const operands = [...producer.inputs.map((name) => graph.valueOf(name)!), lowering.plainValue(b)];
  const value = graph.node(producer.op, operands, a.value.shape, producer.attributes);
  return { ...a, value };
}
