// Convolution and its two gradients. ONNX Runtime's published package has no ConvGrad: the gradients are composed.

import type { GraphBuilder, Value } from "../graph-builder.ts";
import { nchw, oihw } from "../lowering.ts";
import { attributesOf, type Geometry, geometryOf, outputPadding } from "./geometry.ts";
import { matrixProduct } from "./matrix-product.ts";
import { made, type Rules } from "./rule.ts";

export const convolutionRules: Rules = {
  Conv2D: (context) => {
    const { lowering, graph, inputs, attributes, outputs } = context;
    const [x, filter] = inputs;
    const geometry = geometryOf(x!.shape, filter!.shape, outputs[0]!.shape, attributes);
    const value = convolve(graph, lowering.valueIn(x!, nchw), lowering.valueIn(filter!, oihw), geometry);
    return made(context, value, nchw);
  },
  Conv2DBackpropInput: (context) => {
    const { lowering, graph, inputs, attributes, outputs } = context;
    const [dy, filter] = inputs;
    const geometry = geometryOf(outputs[0]!.shape, filter!.shape, dy!.shape, attributes);
    const value = inputGradient(
      graph,
      lowering.valueIn(dy!, nchw),
      lowering.valueIn(filter!, oihw),
      geometry,
    );
    return made(context, value, nchw);
  },
  Conv2DBackpropFilter: (context) => {
    const { lowering, graph, inputs, attributes, outputs } = context;
    const [x, dy] = inputs;
    const geometry = geometryOf(x!.shape, outputs[0]!.shape, dy!.shape, attributes);
    const value = filterGradient(graph, lowering.valueIn(x!, nchw), lowering.valueIn(dy!, nchw), geometry);
    return made(context, value, oihw);
  },
};

/**
 * Maps of at most so many positions are small on a CPU: their kernels, not their activations, are what memory has to
 * move. GPU providers lack Col2Im, and have convolutions for every size.
 */
const smallMap = 64;
/** Up to here a product over the patches, which the filter gradient needs anyway, is faster than a convolution. */
const mediumMap = 256;
/** Below this an image is too little for a product of its own. */
const tinyMap = 16;

/**
 * x [N, I, H, W] and the kernel [O, I, kh, kw] to [N, O, h, w]. On small and medium maps a matrix product, of every
 * image, or on tiny ones of all images at once, which reads the kernel once and not once per image.
 */
function convolve(graph: GraphBuilder, x: Value, filter: Value, info: Geometry): Value {
  const { batchSize, inChannels, outChannels, outHeight, outWidth, filterHeight, filterWidth } = info;
  const taps = filterHeight * filterWidth;
  const positions = outHeight * outWidth;
  const shape = [batchSize, outChannels, outHeight, outWidth];
  if (graph.device === "gpu" || batchSize === 1 || taps === 1 || positions > mediumMap) {
    return graph.node("Conv", [x, filter], shape, attributesOf(info));
  }
  const rows = inChannels * taps;
  const flat = reshape(graph, filter, [outChannels, rows]);
  const patches = patchesOf(graph, x, info);
  if (positions >= tinyMap) {
    const perImage = reshape(graph, patches, [batchSize, rows, positions]);
    return reshape(graph, matrixProduct(graph, flat, perImage, [batchSize, outChannels, positions]), shape);
  }
  const columns = reshape(graph, imagesLast(graph, patches), [rows, batchSize * positions]);
  const product = graph.node("Gemm", [flat, columns], [outChannels, batchSize * positions]);
  const split = reshape(graph, product, [outChannels, batchSize, outHeight, outWidth]);
  return graph.node("Transpose", [split], shape, { perm: [1, 0, 2, 3] });
}

/**
 * dL/dx [N, I, H, W] from dL/dy [N, O, h, w] and the kernel [O, I, kh, kw], which is also the forward pass of a
 * transposed convolution: at stride 1 on large maps, or with few outputs, a convolution with the kernel turned by 180
 * degrees; on small maps, whose large kernels cost more to turn than that gains, one matrix product over all images;
 * otherwise ONNX's transposed convolution (docs/decisions/0002 has the figures).
 */
function inputGradient(graph: GraphBuilder, dy: Value, filter: Value, info: Geometry): Value {
  const { filterHeight: kh, filterWidth: kw, inChannels, outChannels, padInfo } = info;
  const shape = [info.batchSize, inChannels, info.inHeight, info.inWidth];
  const strideOne = info.strideHeight === 1 && info.strideWidth === 1 && info.dilationHeight === 1;
  if (strideOne && (info.outHeight * info.outWidth >= 256 || outChannels <= 8)) {
    const pads = [padInfo.top, padInfo.left, padInfo.bottom, padInfo.right].map(
      (pad, side) => (side % 2 === 0 ? kh : kw) - 1 - pad,
    );
    const turned = turnedFilter(graph, filter, [inChannels, outChannels, kh, kw]);
    return graph.node("Conv", [dy, turned], shape, { kernel_shape: [kh, kw], strides: [1, 1], pads });
  }
  if (graph.device !== "gpu" && info.batchSize > 1 && info.outHeight * info.outWidth <= smallMap) {
    return scattered(graph, dy, filter, info);
  }
  return graph.node("ConvTranspose", [dy, filter], shape, {
    ...attributesOf(info),
    output_padding: outputPadding(info),
  });
}

/** The transposed convolution as one matrix product over all images, which reads the kernel once, and a scattered sum. */
function scattered(graph: GraphBuilder, dy: Value, filter: Value, info: Geometry): Value {
  const { batchSize, inChannels, outChannels, inHeight, inWidth, filterHeight, filterWidth } = info;
  const positions = info.outHeight * info.outWidth;
  const rows = inChannels * filterHeight * filterWidth;
  const product = graph.node(
    "Gemm",
    [
      reshape(graph, filter, [outChannels, rows]),
      reshape(graph, imagesLast(graph, dy), [outChannels, batchSize * positions]),
    ],
    [rows, batchSize * positions],
    { transA: 1 },
  );
  const split = reshape(graph, product, [rows, batchSize, positions]);
  const perImage = graph.node("Transpose", [split], [batchSize, rows, positions], { perm: [1, 0, 2] });
  const { strides, dilations, pads } = attributesOf(info);
  return graph.node(
    "Col2Im",
    [perImage, graph.int64(inHeight, inWidth), graph.int64(filterHeight, filterWidth)],
    [batchSize, inChannels, inHeight, inWidth],
    { strides, dilations, pads },
  );
}

/** The kernel [O, I, kh, kw] turned by 180 degrees, its inputs and outputs exchanged: [I, O, kh, kw]. */
function turnedFilter(graph: GraphBuilder, filter: Value, shape: readonly number[]): Value {
  const [inputs, outputs, kh, kw] = shape as [number, number, number, number];
  const exchanged = graph.node("Transpose", [filter], shape, { perm: [1, 0, 2, 3] });
  return turnedTaps(graph, exchanged, inputs * outputs, kh * kw);
}

/**
 * `kernels` of `taps` numbers each, every one turned by 180 degrees; the shape stays. A product with the matrix that
 * reverses, exact and on all threads; Gather would copy number by number on one.
 */
export function turnedTaps(graph: GraphBuilder, filter: Value, kernels: number, taps: number): Value {
  if (taps === 1) return filter;
  const reversal = new Float32Array(taps * taps);
  for (let tap = 0; tap < taps; tap++) reversal[tap * taps + (taps - 1 - tap)] = 1;
  const flat = reshape(graph, filter, [kernels, taps]);
  const turned = graph.node("MatMul", [flat, graph.constant(reversal, [taps, taps])], flat.shape);
  return reshape(graph, turned, filter.shape);
}

/**
 * dL/dkernel [O, I, kh, kw] from x and dL/dy. The patches of x, [N, I kh kw, h w], come from a grouped convolution
 * whose constant kernels are one at one tap and zero elsewhere: it pads and strides by itself and runs on all
 * threads, where Pad, Slice and Concat take three passes on one. Then one matrix product: per image and summed
 * afterwards on large maps, over all images at once on small ones, where the products would outweigh the patches.
 */
function filterGradient(graph: GraphBuilder, x: Value, dy: Value, info: Geometry): Value {
  const { batchSize, inChannels, outChannels, outHeight, outWidth, filterHeight, filterWidth } = info;
  const positions = outHeight * outWidth;
  const rows = inChannels * filterHeight * filterWidth;
  const patches = patchesOf(graph, x, info);
  const shape = [outChannels, inChannels, filterHeight, filterWidth];
  const product =
    outChannels <= positions && batchSize > 1
      ? summedProducts(
          graph,
          reshape(graph, dy, [batchSize, outChannels, positions]),
          reshape(graph, patches, [batchSize, rows, positions]),
        )
      : graph.node(
          "Gemm",
          [
            reshape(graph, imagesLast(graph, dy), [outChannels, batchSize * positions]),
            reshape(graph, imagesLast(graph, patches), [rows, batchSize * positions]),
          ],
          [outChannels, rows],
          { transB: 1 },
        );
  return reshape(graph, product, shape);
}

/** The sum over n of a[n] b[n]^T. */
function summedProducts(graph: GraphBuilder, a: Value, b: Value): Value {
  const [images, rows] = a.shape as [number, number];
  const columns = b.shape[1]!;
  const products = matrixProduct(graph, a, b, [images, rows, columns], { b: true });
  return graph.node("ReduceSum", [products, graph.int64(0)], [rows, columns], { keepdims: 0 });
}

/** [N, C, H, W] as [C, N, H, W]. */
function imagesLast(graph: GraphBuilder, x: Value): Value {
  const [images, channels, height, width] = x.shape as [number, number, number, number];
  const shape = [channels, images, height, width];
  return images === 1
    ? reshape(graph, x, shape)
    : graph.node("Transpose", [x], shape, { perm: [1, 0, 2, 3] });
}

/** For every input channel and tap of the kernel what the tap meets: [N, I kh kw, h, w]. */
export function patchesOf(graph: GraphBuilder, x: Value, info: Geometry): Value {
  const { batchSize, inChannels, outHeight, outWidth, filterHeight, filterWidth } = info;
  const taps = filterHeight * filterWidth;
  const attributes = attributesOf(info);
  if (taps === 1 && info.strideHeight === 1 && attributes.pads.every((pad) => pad === 0)) return x;
  const oneHot = new Float32Array(inChannels * taps * taps);
  for (let row = 0; row < inChannels * taps; row++) oneHot[row * taps + (row % taps)] = 1;
  return graph.node(
    "Conv",
    [x, graph.constant(oneHot, [inChannels * taps, 1, filterHeight, filterWidth])],
    [batchSize, inChannels * taps, outHeight, outWidth],
    { ...attributes, group: inChannels },
  );
}

export function reshape(graph: GraphBuilder, x: Value, shape: readonly number[]): Value {
  return graph.node("Reshape", [x, graph.int64(...shape)], shape);
}
