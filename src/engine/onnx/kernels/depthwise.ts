// Depthwise convolution and its two gradients, as grouped convolutions: a group is one channel of the input.

import type { KernelConfig, TensorInfo } from "@tensorflow/tfjs-core";
import type { GraphBuilder, Value } from "../graph-builder.ts";
import { nchw, type Order, type TraceBackend } from "../trace-backend.ts";
import {
  type Conv2DInfo,
  convolutionAttributes,
  convolutionInfo,
  outputPadding,
  patchesOf,
  reshape,
  turnedTaps,
} from "./convolution.ts";
import { kernel } from "./kernel.ts";
import { matrixProduct } from "./matrix-product.ts";

/** Kernels [h, w, channels, m], m outputs of every channel, lie as [channels, m, h, w]. */
const grouped: Order = [2, 3, 0, 1];

export const depthwiseKernels: readonly KernelConfig[] = [
  kernel("DepthwiseConv2dNative", ({ backend, inputs, attrs }) => {
    const { x, filter } = inputs as { x: TensorInfo; filter: TensorInfo };
    const info = convolutionInfo(x.shape, filter.shape, attrs, true);
    const { batchSize, inChannels, outChannels, outHeight, outWidth } = info;
    const value = backend.graph.node(
      "Conv",
      [backend.valueIn(backend.traced(x), nchw), groupedFilter(backend, filter, info)],
      [batchSize, outChannels, outHeight, outWidth],
      { ...convolutionAttributes(info), group: inChannels },
    );
    return backend.make({ value, order: nchw }, info.outShape, "float32");
  }),
  kernel("DepthwiseConv2dNativeBackpropInput", ({ backend, inputs, attrs }) => {
    const { dy, filter } = inputs as { dy: TensorInfo; filter: TensorInfo };
    const inputShape = attrs.inputShape as number[];
    const info = convolutionInfo(inputShape, filter.shape, attrs, true);
    const value = depthwiseInputGradient(
      backend.graph,
      backend.valueIn(backend.traced(dy), nchw),
      groupedFilter(backend, filter, info),
      info,
    );
    return backend.make({ value, order: nchw }, inputShape, "float32");
  }),
  kernel("DepthwiseConv2dNativeBackpropFilter", ({ backend, inputs, attrs }) => {
    const { x, dy } = inputs as { x: TensorInfo; dy: TensorInfo };
    const filterShape = attrs.filterShape as number[];
    const value = filterGradient(
      backend.graph,
      backend.valueIn(backend.traced(x), nchw),
      backend.valueIn(backend.traced(dy), nchw),
      convolutionInfo(x.shape, filterShape, attrs, true),
    );
    return backend.make({ value, order: grouped }, filterShape, "float32");
  }),
];

function groupedFilter(backend: TraceBackend, filter: TensorInfo, info: Conv2DInfo): Value {
  const { outChannels, filterHeight, filterWidth } = info;
  const value = backend.valueIn(backend.traced(filter), grouped);
  return reshape(backend.graph, value, [outChannels, 1, filterHeight, filterWidth]);
}

/**
 * dL/dx [N, C, H, W] from dL/dy [N, C m, h, w] and the kernel [C m, 1, kh, kw]. At stride 1 a convolution with the
 * kernel turned by 180 degrees, which runs on all threads; a grouped ConvTranspose takes one channel after the other.
 */
export function depthwiseInputGradient(
  graph: GraphBuilder,
  dy: Value,
  filter: Value,
  info: Conv2DInfo,
): Value {
  const { filterHeight: kh, filterWidth: kw, inChannels, outChannels, padInfo } = info;
  const shape = [info.batchSize, inChannels, info.inHeight, info.inWidth];
  const attributes = convolutionAttributes(info);
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
function filterGradient(graph: GraphBuilder, x: Value, dy: Value, info: Conv2DInfo): Value {
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
