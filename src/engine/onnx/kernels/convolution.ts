// Convolution and its two gradients. ONNX Runtime's published package has no ConvGrad: the gradients are composed.

import { backend_util, type KernelConfig, type TensorInfo } from "@tensorflow/tfjs-core";
import type { GraphBuilder, Value } from "../graph-builder.ts";
import { nchw, oihw } from "../trace-backend.ts";
import { kernel, shapeIn } from "./kernel.ts";

type Conv2DInfo = ReturnType<typeof backend_util.computeConv2DInfo>;

export const convolutionKernels: readonly KernelConfig[] = [
  kernel("Conv2D", ({ backend, inputs, attrs }) => {
    const { x, filter } = inputs as { x: TensorInfo; filter: TensorInfo };
    const info = convolutionInfo(x.shape, filter.shape, attrs);
    const value = backend.graph.node(
      "Conv",
      [backend.valueIn(backend.traced(x), nchw), backend.valueIn(backend.traced(filter), oihw)],
      shapeIn(nchw, info.outShape),
      convolutionAttributes(info),
    );
    return backend.make({ value, order: nchw }, info.outShape, "float32");
  }),
  kernel("Conv2DBackpropInput", ({ backend, inputs, attrs }) => {
    const { dy, filter } = inputs as { dy: TensorInfo; filter: TensorInfo };
    const inputShape = attrs.inputShape as number[];
    const info = convolutionInfo(inputShape, filter.shape, attrs);
    const value = inputGradient(
      backend.graph,
      backend.valueIn(backend.traced(dy), nchw),
      backend.valueIn(backend.traced(filter), oihw),
      info,
    );
    return backend.make({ value, order: nchw }, inputShape, "float32");
  }),
  kernel("Conv2DBackpropFilter", ({ backend, inputs, attrs }) => {
    const { x, dy } = inputs as { x: TensorInfo; dy: TensorInfo };
    const filterShape = attrs.filterShape as number[];
    const info = convolutionInfo(x.shape, filterShape, attrs);
    const value = filterGradient(
      backend.graph,
      backend.valueIn(backend.traced(x), nchw),
      backend.valueIn(backend.traced(dy), nchw),
      info,
    );
    return backend.make({ value, order: oihw }, filterShape, "float32");
  }),
];

function convolutionInfo(
  inputShape: readonly number[],
  filterShape: readonly number[],
  attrs: Readonly<Record<string, unknown>>,
): Conv2DInfo {
  const { strides, pad, dilations, dimRoundingMode } = attrs as {
    strides: [number, number];
    pad: "same" | "valid" | number;
    dilations?: [number, number];
    dimRoundingMode?: "floor";
  };
  return backend_util.computeConv2DInfo(
    inputShape as [number, number, number, number],
    filterShape as [number, number, number, number],
    strides,
    dilations ?? 1,
    pad,
    dimRoundingMode,
  );
}

function convolutionAttributes(info: Conv2DInfo) {
  const { top, left, bottom, right } = info.padInfo;
  return {
    kernel_shape: [info.filterHeight, info.filterWidth],
    strides: [info.strideHeight, info.strideWidth],
    dilations: [info.dilationHeight, info.dilationWidth],
    pads: [top, left, bottom, right],
  };
}

/**
 * dL/dx [N, I, H, W] from dL/dy [N, O, h, w] and the kernel [O, I, kh, kw]. At stride 1 a convolution with the
 * kernel turned by 180 degrees; otherwise a transposed convolution.
 */
function inputGradient(graph: GraphBuilder, dy: Value, filter: Value, info: Conv2DInfo): Value {
  const { filterHeight: kh, filterWidth: kw, inChannels, outChannels, padInfo } = info;
  const shape = [info.batchSize, inChannels, info.inHeight, info.inWidth];
  if (info.strideHeight === 1 && info.strideWidth === 1 && info.dilationHeight === 1) {
    const pads = [padInfo.top, padInfo.left, padInfo.bottom, padInfo.right].map(
      (pad, side) => (side % 2 === 0 ? kh : kw) - 1 - pad,
    );
    const turned = turnedFilter(graph, filter, [inChannels, outChannels, kh, kw]);
    return graph.node("Conv", [dy, turned], shape, { kernel_shape: [kh, kw], strides: [1, 1], pads });
  }
  // What the forward convolution did not reach at the far edge comes back as output padding.
  const outputPadding = [
    info.inHeight - ((info.outHeight - 1) * info.strideHeight + kh - padInfo.top - padInfo.bottom),
    info.inWidth - ((info.outWidth - 1) * info.strideWidth + kw - padInfo.left - padInfo.right),
  ];
  return graph.node("ConvTranspose", [dy, filter], shape, {
    ...convolutionAttributes(info),
    output_padding: outputPadding,
  });
}

/** The kernel [O, I, kh, kw] turned by 180 degrees, its inputs and outputs exchanged: [I, O, kh, kw]. */
function turnedFilter(graph: GraphBuilder, filter: Value, shape: readonly number[]): Value {
  const [inputs, outputs, kh, kw] = shape as [number, number, number, number];
  const exchanged = graph.node("Transpose", [filter], shape, { perm: [1, 0, 2, 3] });
  if (kh * kw === 1) return exchanged;
  const flat = graph.node(
    "Reshape",
    [exchanged, graph.int64(inputs * outputs, kh * kw)],
    [inputs * outputs, kh * kw],
  );
  const reversed = graph.node(
    "Gather",
    [flat, graph.int64(...Array.from({ length: kh * kw }, (_, tap) => kh * kw - 1 - tap))],
    [inputs * outputs, kh * kw],
    { axis: 1 },
  );
  return graph.node("Reshape", [reversed, graph.int64(...shape)], shape);
}

/**
 * dL/dkernel [O, I, kh, kw]: one matrix product of dL/dy as [O, N h w] with the patches of x as
 * [kh kw I, N h w], over all images at once.
 */
function filterGradient(graph: GraphBuilder, x: Value, dy: Value, info: Conv2DInfo): Value {
  const { batchSize, inChannels, outChannels, outHeight, outWidth, filterHeight, filterWidth } = info;
  const positions = batchSize * outHeight * outWidth;
  const taps = filterHeight * filterWidth;
  const patches = patchesOf(graph, x, info);
  const columns = graph.node(
    "Reshape",
    [patches, graph.int64(taps * inChannels, positions)],
    [taps * inChannels, positions],
  );
  const gradient = channelsFirst(graph, dy);
  const rows = graph.node(
    "Reshape",
    [gradient, graph.int64(outChannels, positions)],
    [outChannels, positions],
  );
  const product = graph.node("Gemm", [rows, columns], [outChannels, taps * inChannels], { transB: 1 });
  const split = graph.node(
    "Reshape",
    [product, graph.int64(outChannels, taps, inChannels)],
    [outChannels, taps, inChannels],
  );
  const ordered = graph.node("Transpose", [split], [outChannels, inChannels, taps], { perm: [0, 2, 1] });
  const shape = [outChannels, inChannels, filterHeight, filterWidth];
  return graph.node("Reshape", [ordered, graph.int64(...shape)], shape);
}

/** [N, C, H, W] as [C, N, H, W]. */
function channelsFirst(graph: GraphBuilder, x: Value): Value {
  const [images, channels, height, width] = x.shape as [number, number, number, number];
  const shape = [channels, images, height, width];
  if (images === 1) return graph.node("Reshape", [x, graph.int64(...shape)], shape);
  return graph.node("Transpose", [x], shape, { perm: [1, 0, 2, 3] });
}

/** For every tap of the kernel the input that it meets: [kh kw I, N, h, w]. */
function patchesOf(graph: GraphBuilder, x: Value, info: Conv2DInfo): Value {
  const { batchSize, inChannels, inHeight, inWidth, outHeight, outWidth, padInfo } = info;
  const { top, left, bottom, right } = padInfo;
  let padded = channelsFirst(graph, x);
  if (top + left + bottom + right > 0) {
    padded = graph.node(
      "Pad",
      [padded, graph.int64(0, 0, top, left, 0, 0, bottom, right)],
      [inChannels, batchSize, inHeight + top + bottom, inWidth + left + right],
    );
  }
  const shape = [inChannels, batchSize, outHeight, outWidth];
  const slices: Value[] = [];
  for (let row = 0; row < info.filterHeight; row++) {
    for (let column = 0; column < info.filterWidth; column++) {
      const start = [row * info.dilationHeight, column * info.dilationWidth];
      const end = [
        start[0]! + (outHeight - 1) * info.strideHeight + 1,
        start[1]! + (outWidth - 1) * info.strideWidth + 1,
      ];
      const whole = end[0] === padded.shape[2] && end[1] === padded.shape[3] && start[0] === 0 && start[1] === 0;
      slices.push(
        whole && info.strideHeight === 1 && info.strideWidth === 1
          ? padded
          : graph.node(
              "Slice",
              [
                padded,
                graph.int64(...start),
                graph.int64(...end),
                graph.int64(2, 3),
                graph.int64(info.strideHeight, info.strideWidth),
              ],
              shape,
            ),
      );
    }
  }
  if (slices.length === 1) return slices[0]!;
  return graph.node("Concat", slices, [slices.length * inChannels, batchSize, outHeight, outWidth], { axis: 0 });
}
