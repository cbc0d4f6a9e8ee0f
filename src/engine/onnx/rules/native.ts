// Rules for the CPU through our own binding: what has an operator of ours (native/) becomes one node, with what stands
// around it in a network: a convolution takes its bias and its activation, a batch norm its activation, and an activation's
// gradient gives the sums that are the gradient of the bias before it.

import { sizeOf } from "../../../training-step.ts";
import {
  activationGradient,
  batchNorm,
  batchNormGradient,
  convolution,
  convolutionFilterGradient,
  convolutionInputGradient,
  type Window,
} from "../../native/operators.ts";
import type { GraphBuilder, Value } from "../graph-builder.ts";
import { type Lowered, type Lowering, nchw, oihw, plain } from "../lowering.ts";
import { type Attribute, type NodeParts, ownDomain } from "../model-proto.ts";
import { reshape } from "./convolution.ts";
import { type Geometry, geometryOf } from "./geometry.ts";
import { updateRules } from "./native-updates.ts";
import { made, type RuleContext, type Rules } from "./rule.ts";
import { rules } from "./rules.ts";

/** So few rows leave most registers of our product empty: there ONNX Runtime's own are faster (bench/native-conv.ts). */
const fewChannels = 4;

export const nativeRules: Rules = {
  ...rules,
  ...updateRules,
  Conv2D: (context) => {
    const { lowering, graph, inputs, attributes, outputs } = context;
    const [x, filter] = inputs;
    const geometry = geometryOf(x!.shape, filter!.shape, outputs[0]!.shape, attributes);
    const [image, kernel] = [lowering.valueIn(x!, nchw), lowering.valueIn(filter!, oihw)];
    const size = [geometry.outHeight, geometry.outWidth] as const;
    return made(context, convolution(graph, image, kernel, null, windowOf(geometry), size), nchw);
  },
  Conv2DBackpropInput: (context) => {
    const { lowering, graph, inputs, attributes, outputs } = context;
    const [dy, filter] = inputs;
    const geometry = geometryOf(outputs[0]!.shape, filter!.shape, dy!.shape, attributes);
    if (geometry.inChannels <= fewChannels) return rules.Conv2DBackpropInput!(context);
    const [image, kernel] = [lowering.valueIn(dy!, nchw), lowering.valueIn(filter!, oihw)];
    const size = [geometry.inHeight, geometry.inWidth] as const;
    return made(
      context,
      convolutionInputGradient(graph, image, kernel, null, windowOf(geometry), size),
      nchw,
    );
  },
  Conv2DBackpropFilter: (context) => {
    const { lowering, graph, inputs, attributes, outputs } = context;
    const [x, dy] = inputs;
    const geometry = geometryOf(x!.shape, outputs[0]!.shape, dy!.shape, attributes);
    const [image, gradient] = [lowering.valueIn(x!, nchw), lowering.valueIn(dy!, nchw)];
    const size = [geometry.filterHeight, geometry.filterWidth] as const;
    return made(context, convolutionFilterGradient(graph, image, gradient, windowOf(geometry), size), oihw);
  },
  Add: (context) => {
    const [a, b] = context.node.inputs;
    return biased(context, 0, 1, a!) ?? biased(context, 1, 0, b!) ?? rules.Add!(context);
  },
  Relu: (context) => activated(context, { activation: 1 }) ?? rules.Relu!(context),
  LeakyRelu: (context) =>
    activated(context, { activation: 2, alpha: { float: context.attributes.alpha as number } }) ??
    rules.LeakyRelu!(context),
  ReluGrad: (context) => gradientOfActivation(context, 0),
  LeakyReluGrad: (context) => gradientOfActivation(context, context.attributes.alpha as number),
  Sum: (context) => sumsOfActivation(context) ?? rules.Sum!(context),
  BatchNorm: (context) => {
    const { lowering, graph, inputs, attributes, outputs } = context;
    const [x, scale, offset, ...running] = inputs;
    const image = lowering.valueIn(x!, nchw);
    const { epsilon, momentum } = attributes as { epsilon: number; momentum: number };
    const [factor, shift] = [lowering.plainValue(scale!), lowering.plainValue(offset!)];
    const { y, mean, variance, inverse } = batchNorm(graph, image, factor, shift, epsilon);
    const count = image.shape[0]! * image.shape[2]! * image.shape[3]!;
    const unbiased = () => scaled(graph, variance, count / (count - 1));
    const next = running.map((old, index) => {
      const before = lowering.plainValue(old);
      const now = index === 0 ? mean : unbiased();
      const change = scaled(graph, graph.node("Sub", [now, before], now.shape), momentum);
      return graph.node("Add", [before, change], now.shape);
    });
    const moments = [mean, inverse, ...next];
    return [
      made(context, y, nchw),
      ...moments.map((value, index) => vector(graph, outputs[index + 1]!.shape, value)),
    ];
  },
  BatchNormGrad: (context) => {
    const { lowering, graph, inputs, outputs } = context;
    const [dy, x, scale, center, inverse] = inputs;
    const image = lowering.valueIn(x!, nchw);
    const gradient = lowering.valueIn(dy!, nchw);
    const [factor, mean, spread] = [scale!, center!, inverse!].map((one) => flat(lowering, one));
    const known = activationBehind(context, gradient, mean!);
    // Without an activation the offset is not read; any vector will do.
    const result = batchNormGradient(
      graph,
      known?.gradient ?? gradient,
      image,
      factor!,
      known?.offset ?? factor!,
      mean!,
      spread!,
      known?.activation,
    );
    return [
      made(context, result.dx, nchw),
      vector(graph, outputs[1]!.shape, result.scaleGradient),
      vector(graph, outputs[2]!.shape, result.offsetGradient),
    ];
  },
  // Every map of every image is a channel of one image.
  InstanceNorm: (context) => {
    const { lowering, graph, inputs, attributes, outputs } = context;
    const image = lowering.valueIn(inputs[0]!, nchw);
    const ones = graph.constant(new Float32Array(mapsOf(image)).fill(1));
    const zeros = graph.constant(new Float32Array(mapsOf(image)));
    const one = batchNorm(graph, asOneImage(graph, image), ones, zeros, attributes.epsilon as number);
    return [
      made(context, reshape(graph, one.y, image.shape), nchw),
      ...[one.mean, one.inverse].map((value, index) => perImage(graph, value, outputs[index + 1]!.shape)),
    ];
  },
  InstanceNormGrad: (context) => {
    const { lowering, graph, inputs } = context;
    const [dy, x, center, inverse] = inputs;
    const image = lowering.valueIn(x!, nchw);
    const maps = mapsOf(image);
    const [gradient, all] = [lowering.valueIn(dy!, nchw), image].map((value) => asOneImage(graph, value));
    const [mean, spread] = [center!, inverse!].map((one) =>
      reshape(graph, lowering.valueIn(one, nchw), [maps]),
    );
    const ones = graph.constant(new Float32Array(maps).fill(1));
    const { dx } = batchNormGradient(graph, gradient!, all!, ones, ones, mean!, spread!);
    return made(context, reshape(graph, dx, image.shape), nchw);
  },
};

function windowOf({ padInfo, ...geometry }: Geometry): Window {
  return {
    strides: [geometry.strideHeight, geometry.strideWidth],
    dilations: [geometry.dilationHeight, geometry.dilationWidth],
    top: padInfo.top,
    left: padInfo.left,
  };
}

/** The node of ours that makes a tensor which nothing else reads. */
function ownProducer({ lowering, graph }: RuleContext, tensor: Lowered, id: number): NodeParts | null {
  if (tensor.uniform !== undefined || !lowering.isReadOnce(id)) return null;
  const producer = graph.producerOf(tensor.value);
  return producer?.domain === ownDomain && producer.outputs[0] === tensor.value.name ? producer : null;
}

/** convolution + bias [channels]: the convolution adds it. */
function biased(context: RuleContext, at: number, other: number, id: number): Lowered | null {
  const { graph, lowering, inputs } = context;
  const [tensor, bias] = [inputs[at]!, inputs[other]!];
  const producer = ownProducer(context, tensor, id);
  if (!producer || tensor.uniform !== undefined || bias.uniform !== undefined) return null;
  const convolves = producer.op === "Convolution" || producer.op === "ConvolutionInputGradient";
  const free = producer.inputs.length === 2 && (producer.attributes.activation ?? 0) === 0;
  if (!convolves || !free || bias.shape.length !== 1 || bias.shape[0] !== tensor.value.shape[1]) return null;
  graph.amend(producer, { inputs: [...producer.inputs, lowering.plainValue(bias).name] });
  return tensor;
}

/** A convolution or batch norm whose activation this is does both. */
function activated(context: RuleContext, activation: Readonly<Record<string, Attribute>>): Lowered | null {
  const { graph, inputs, node } = context;
  const producer = ownProducer(context, inputs[0]!, node.inputs[0]!);
  if (producer?.attributes.activation !== 0) return null;
  graph.amend(producer, { attributes: { ...producer.attributes, ...activation } });
  return inputs[0]!;
}

function gradientOfActivation(context: RuleContext, alpha: number): Lowered {
  const { lowering, graph, inputs, outputs } = context;
  const { shape } = outputs[0]!;
  if (shape.length === 4) {
    const [dy, y] = inputs.map((input) => lowering.valueIn(input, nchw));
    return made(context, activationGradient(graph, dy!, y!, alpha).dx, nchw);
  }
  const size = sizeOf(shape);
  const [dy, y] = inputs.map((input) => reshape(graph, lowering.plainValue(input), [1, size]));
  const { dx } = activationGradient(graph, dy!, y!, alpha);
  return made(context, reshape(graph, dx, shape), plain(shape.length));
}

/** The sum over all but the channels of an activation's gradient, which came out of the same pass. */
function sumsOfActivation(context: RuleContext): Lowered | null {
  const { graph, inputs, attributes, outputs } = context;
  const x = inputs[0]!;
  if (x.uniform !== undefined || x.shape.length !== 4 || x.order[1] !== 3) return null;
  const axes = [...(attributes.axes as readonly number[])].sort((a, b) => a - b);
  const producer = graph.producerOf(x.value);
  if (producer?.op !== "ActivationGradient" || axes.join() !== "0,1,2") return null;
  return vector(graph, outputs[0]!.shape, graph.valueOf(producer.outputs[1]!)!);
}

/**
 * The activation between a batch norm and its gradient, where it is part of the batch norm's node: then the gradient that
 * reached it goes in as it is, and what it let through is computed from x once more.
 */
function activationBehind(context: RuleContext, gradient: Value, mean: Value) {
  const { graph, lowering, node } = context;
  const through = graph.producerOf(gradient);
  if (through?.op !== "ActivationGradient" || !lowering.isReadOnce(node.inputs[0]!)) return null;
  const norm = graph.producerOf(graph.valueOf(through.inputs[1]!)!);
  if (norm?.op !== "BatchNorm" || norm.outputs[1] !== mean.name) return null;
  if (norm.outputs[0] !== through.inputs[1] || norm.attributes.activation === 0) return null;
  const { float: alpha } = through.attributes.alpha as { float: number };
  return {
    gradient: graph.valueOf(through.inputs[0]!)!,
    offset: graph.valueOf(norm.inputs[2]!)!,
    activation: alpha === 0 ? ("relu" as const) : { alpha },
  };
}

/** A vector of channels as a tensor of the trace, whose other lengths are one. */
function vector(graph: GraphBuilder, shape: readonly number[], value: Value): Lowered {
  if (shape.length === 1) return { value, order: plain(1), shape, dtype: "float32" };
  const lying = shape.length === 4 ? nchw : plain(shape.length);
  const lengths = lying.map((dimension) => shape[dimension]!);
  return { value: reshape(graph, value, lengths), order: lying, shape, dtype: "float32" };
}

/** The way back. */
function flat({ graph }: Lowering, tensor: Lowered): Value {
  if (tensor.uniform !== undefined) {
    return graph.constant(new Float32Array(sizeOf(tensor.shape)).fill(tensor.uniform));
  }
  const { value } = tensor;
  if (value.shape.length === 1) return value;
  const producer = graph.producerOf(value);
  const before = producer?.op === "Reshape" ? graph.valueOf(producer.inputs[0]!) : null;
  if (before?.shape.length === 1) return before;
  return reshape(graph, value, [sizeOf(value.shape)]);
}

function scaled(graph: GraphBuilder, value: Value, factor: number): Value {
  return graph.node("Mul", [value, graph.constant(Float32Array.of(factor), [])], value.shape);
}

function mapsOf({ shape: [images, channels] }: Value): number {
  return images! * channels!;
}

function asOneImage(graph: GraphBuilder, value: Value): Value {
  return reshape(graph, value, [1, mapsOf(value), value.shape[2]!, value.shape[3]!]);
}

function perImage(graph: GraphBuilder, value: Value, shape: readonly number[]): Lowered {
  const [images, height, width, channels] = shape as [number, number, number, number];
  const lying = reshape(graph, value, [images, channels, height, width]);
  return { value: lying, order: nchw, shape, dtype: "float32" };
}
