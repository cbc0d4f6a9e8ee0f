// Depthwise convolution and its two gradients, as grouped convolutions: a group is one channel of the input.

import type { GraphBuilder, Value } from "../graph-builder.ts";
import { type Lowered, type Lowering, nchw, type Order } from "../lowering.ts";
import { patchesOf, reshape, turnedTaps } from "./convolution.ts";
import { attributesOf, type Geometry, geometryOf, outputPadding } from "./geometry.ts";
import { matrixProduct } from "./matrix-product.ts";
import { made, type Rules, shapeIn } from "./rule.ts";

/** Kernels [h, w, channels, m], m outputs of every channel, lie as [channels, m, h, w]. */
const grouped: Order = [2, 3, 0, 1];

export const depthwiseRules: Rules = {
  DepthwiseConv2dNative: (context) => {
    const { lowering, graph, inputs, attributes, outputs } = context;
    const [x, filter] = inputs;
    const geometry = geometryOf(x!.shape, filter!.shape, outputs[0]!.shape, attributes);
    const value = graph.node(
      "Conv",
      [lowering.valueIn(x!, nchw), groupedFilter(lowering, filter!, geometry)],
      shapeIn(nchw, outputs[0]!.shape),
      { ...attributesOf(geometry), group: geometry.inChannels },
    );
    return made(context, value, nchw);
  },
  DepthwiseConv2dNativeBackpropInput: (context) => {
    const { lowering, graph, inputs, attributes, outputs } = context;
    const [dy, filter] = inputs;
    const geometry = geometryOf(outputs[0]!.shape, filter!.shape, dy!.shape, attributes);
    const lying = groupedFilter(lowering, filter!, geometry);
    const value = depthwiseInputGradient(graph, lowering.valueIn(dy!, nchw), lying, geometry);
    return made(context, value, nchw);
  },
  DepthwiseConv2dNativeBackpropFilter: (context) => {
    const { lowering, graph, inputs, attributes, outputs } = context;
    const [x, dy] = inputs;
    const geometry = geometryOf(x!.shape, outputs[0]!.shape, dy!.shape, attributes);
    const value = filterGradient(graph, lowering.valueIn(x!, nchw), lowering.valueIn(dy!, nchw), geometry);
    return made(context, value, grouped);
  },
};

function groupedFilter(lowering: Lowering, filter: Lowered, info: Geometry): Value {
  const { outChannels, filterHeight, filterWidth } = info;
  const value = lowering.valueIn(filter, grouped);
  return reshape(lowering.graph, value, [outChannels, 1, filterHeight, filterWidth]);
}

/**
 * dL/dx [N, C, H, W] from dL/dy [N, C m, h, w] and the kernel [C m, 1, kh, kw]. At stride 1 a convolution with the
 * kernel turned by 180 degrees, which runs on all threads; a grouped ConvTranspose takes one channel after the other.
 */
export function depthwiseInputGradient(graph: GraphBuilder, dy: Value, filter: Value, info: Geometry): Value {
  const { filterHeight: kh, filterWidth: kw, inChannels, outChannels, padInfo } = info;
  const shape = [info.batchSize, inChannels, info.inHeight, info.inWidth];
  const attributes = attributesOf(info);
  const strideOne = [...attributes.strides, ...attributes.dilations].every((length) => length === 1);
  if (strideOne && inChannels === outChannels) {
    return graph.node("Conv", [dy, turnedTaps(graph, filter, inChannels, kh * kw)], shape, {
      ...attributes,
      pads: [kh - 1 - padInfo.top, kw - 1 - padInfo.left, kh - 1 - padInfo.bottom, kw - 1 - padInfo.right],
      group: inChannels,
    });
  }
  return graph.node("ConvTranspose", [dy, filter], shape, {
    ...attributes,
    output_padding: outputPadding(info),
    group: inChannels,
  });
}

/** dL/dkernel [C, m, kh, kw]: per image and channel the patches of x times dL/dy, summed over the images. */
function filterGradient(graph: GraphBuilder, x: Value, dy: Value, info: Geometry): Value {
  const { batchSize, inChannels, outChannels, outHeight, outWidth, filterHeight, filterWidth } = info;
  const each = outChannels / inChannels;
  const taps = filterHeight * filterWidth;
  const positions = outHeight * outWidth;
  const products = matrixProduct(
    graph,
    reshape(graph, dy, [batchSize, inChannels, each, positions]),
    reshape(graph, patchesOf(graph, x, info), [batchSize, inChannels, taps, positions]),
    [batchSize, inChannels, each, taps],
    { b: true },
  );
  const total = graph.node("ReduceSum", [products, graph.int64(0)], [inChannels, each, taps], {
    keepdims: 0,
  });
  return reshape(graph, total, [inChannels, each, filterHeight, filterWidth]);
}
