// The operators of domain "hueristic" (native/operators) as nodes of a graph. Shapes as they lie in graphs: images
// [N, channels, height, width], kernels [outputs, inputs, height, width].

import type { GraphBuilder, Value } from "../onnx/graph-builder.ts";
import { type Attribute, ownDomain } from "../onnx/model-proto.ts";

const options = { domain: ownDomain } as const;

/** How a kernel moves over an image; rows and columns that it leaves out at the far sides follow from the sizes. */
export type Window = {
  readonly strides: readonly [y: number, x: number];
  readonly dilations: readonly [y: number, x: number];
  readonly top: number;
  readonly left: number;
};

/** What follows a convolution or a batch norm; `alpha` is the slope of a leaky ReLU below zero. */
export type Activation = "none" | "relu" | { readonly alpha: number };

type Size = readonly [height: number, width: number];

/** activation(x * w + bias): [N, O, height, width] of `size`. */
export function convolution(
  graph: GraphBuilder,
  x: Value,
  w: Value,
  bias: Value | null,
  window: Window,
  [height, width]: Size,
  activation: Activation = "none",
): Value {
  const inputs = bias ? [x, w, bias] : [x, w];
  return graph.node(
    "Convolution",
    inputs,
    [x.shape[0]!, w.shape[0]!, height, width],
    {
      ...windowAttributes(window),
      out_height: height,
      out_width: width,
      ...activationAttributes(activation),
    },
    options,
  );
}

/** dL/dx [N, I, height, width] from dL/dy: a transposed convolution, to which `bias` [I] may be added. */
export function convolutionInputGradient(
  graph: GraphBuilder,
  dy: Value,
  w: Value,
  bias: Value | null,
  window: Window,
  [height, width]: Size,
): Value {
  return graph.node(
    "ConvolutionInputGradient",
    bias ? [dy, w, bias] : [dy, w],
    [dy.shape[0]!, w.shape[1]!, height, width],
    { ...windowAttributes(window), in_height: height, in_width: width },
    options,
  );
}

/** dL/dw [O, I, height, width]. */
export function convolutionFilterGradient(
  graph: GraphBuilder,
  x: Value,
  dy: Value,
  window: Window,
  [height, width]: Size,
): Value {
  return graph.node(
    "ConvolutionFilterGradient",
    [x, dy],
    [dy.shape[1]!, x.shape[1]!, height, width],
    { ...windowAttributes(window), kernel_height: height, kernel_width: width },
    options,
  );
}

/** dL/dx of a ReLU (alpha 0) or leaky ReLU from its output y, and the sums of dL/dx by channel. */
export function activationGradient(graph: GraphBuilder, dy: Value, y: Value, alpha: number) {
  const shapes = [dy.shape, [dy.shape[1]!]];
  const [dx, sums] = graph.nodes(
    "ActivationGradient",
    [dy, y],
    shapes,
    { alpha: { float: alpha } },
    options,
  ) as [Value, Value];
  return { dx, sums };
}

/** activation((x - mean) inverse scale + offset) over the batch; the moments and scale and offset are [channels]. */
export function batchNorm(
  graph: GraphBuilder,
  x: Value,
  scale: Value,
  offset: Value,
  epsilon: number,
  activation: Activation = "none",
) {
  const channels = [x.shape[1]!];
  const [y, mean, variance, inverse] = graph.nodes(
    "BatchNorm",
    [x, scale, offset],
    [x.shape, channels, channels, channels],
    { epsilon: { float: epsilon }, ...activationAttributes(activation) },
    options,
  ) as [Value, Value, Value, Value];
  return { y, mean, variance, inverse };
}

/** The gradients of `batchNorm`, whose results `mean` and `inverse` are. */
export function batchNormGradient(
  graph: GraphBuilder,
  dy: Value,
  x: Value,
  scale: Value,
  offset: Value,
  mean: Value,
  inverse: Value,
  activation: Activation = "none",
) {
  const channels = [x.shape[1]!];
  const [dx, scaleGradient, offsetGradient] = graph.nodes(
    "BatchNormGradient",
    [dy, x, scale, offset, mean, inverse],
    [x.shape, channels, channels],
    activationAttributes(activation),
    options,
  ) as [Value, Value, Value];
  return { dx, scaleGradient, offsetGradient };
}

/** The sum of all squares, in double precision by parts. */
export function squareSum(graph: GraphBuilder, x: Value): Value {
  return graph.node("SquareSum", [x], [], {}, options);
}

/**
 * Rules of src/models/optimizers/rules.ts by their names there: operator, names of its attributes, and at which places of
 * the rule's `hyper` the scalars are that it takes.
 */
const updates = {
  sgd: { op: "Sgd", attributes: [], scalars: [0] },
  momentum: { op: "Momentum", attributes: ["momentum"], scalars: [0] },
  rmsprop: { op: "RmsProp", attributes: ["rest", "epsilon"], scalars: [0] },
  adagrad: { op: "Adagrad", attributes: ["epsilon"], scalars: [0] },
  adadelta: { op: "Adadelta", attributes: ["rest", "epsilon"], scalars: [0] },
  // stepSize and epsilon, not learningRate and step; shrink.
  adam: { op: "Adam", attributes: ["beta1", "rest1", "beta2", "rest2"], scalars: [0, 1] },
  adamax: { op: "Adamax", attributes: ["rest", "beta2", "epsilon"], scalars: [0] },
  adamw: { op: "AdamW", attributes: ["beta1", "rest1", "beta2", "rest2"], scalars: [0, 1, 4] },
} as const;

export type UpdateRule = keyof typeof updates;

export const updateRuleNames = Object.keys(updates) as UpdateRule[];

/** value, as another buffer holds it that the nodes which make `after` read. */
export const assign = "Assign";

/** Operators that may take 32 further inputs, for which they only wait. */
export const waitingOperators: ReadonlySet<string> = new Set([
  assign,
  ...Object.values(updates).map(({ op }) => op),
]);

/** Which of the rule's scalars, by their places, the operator takes. */
export function placesOfScalars(rule: UpdateRule): readonly number[] {
  return updates[rule].scalars;
}

/**
 * One step of an optimizer for one parameter. `config` has the rule's numbers under their names in YAML; `scalars` are those
 * of `placesOfScalars`.
 */
export function optimizerUpdate(
  graph: GraphBuilder,
  rule: UpdateRule,
  config: Readonly<Record<string, number>>,
  parameter: Value,
  gradient: Value,
  slots: readonly Value[],
  scalars: readonly Value[],
) {
  const { op, attributes } = updates[rule];
  const { decay, beta1, beta2 } = config;
  const numbers: Readonly<Record<string, number>> = {
    ...config,
    rest: 1 - (decay ?? beta1 ?? 0),
    rest1: 1 - (beta1 ?? 0),
    rest2: 1 - (beta2 ?? 0),
  };
  const values = graph.nodes(
    op,
    [parameter, gradient, ...slots, ...scalars],
    [parameter.shape, ...slots.map(({ shape }) => shape), []],
    Object.fromEntries(attributes.map((name) => [name, { float: numbers[name]! }])),
    options,
  );
  return { parameter: values[0]!, slots: values.slice(1, -1), squareSum: values.at(-1)! };
}

function windowAttributes({ strides, dilations, top, left }: Window): Record<string, Attribute> {
  return {
    stride_y: strides[0],
    stride_x: strides[1],
    dilation_y: dilations[0],
    dilation_x: dilations[1],
    top,
    left,
  };
}

function activationAttributes(activation: Activation): Record<string, Attribute> {
  const kind = activation === "none" ? 0 : activation === "relu" ? 1 : 2;
  return { activation: kind, alpha: { float: typeof activation === "object" ? activation.alpha : 0 } };
}
