// Maximum and average pooling and their gradients, composed of what ONNX Runtime's package has.
// TensorFlow.js's JavaScript backend divides every gradient of average pooling by the whole window; here, as in
// TensorFlow itself, padding does not count.

import { backend_util, type KernelConfig, type TensorInfo } from "@tensorflow/tfjs-core";
import { sizeOf } from "../../../training-step.ts";
import { nchw } from "../trace-backend.ts";
import { type Conv2DInfo, convolutionAttributes, reshape } from "./convolution.ts";
import { depthwiseInputGradient } from "./depthwise.ts";
import { kernel, shapeIn } from "./kernel.ts";

export const poolingKernels: readonly KernelConfig[] = [
  kernel("AvgPool", ({ backend, inputs, attrs }) => {
    const info = poolInfo(inputs.x!.shape, attrs);
    const x = backend.valueIn(backend.traced(inputs.x!), nchw);
    const attributes = { ...convolutionAttributes(info), count_include_pad: 0 };
    const value = backend.graph.node("AveragePool", [x], shapeIn(nchw, info.outShape), attributes);
    return backend.make({ value, order: nchw }, info.outShape, "float32");
  }),
  kernel("MaxPool", ({ backend, inputs, attrs }) => {
    const info = poolInfo(inputs.x!.shape, attrs);
    const x = backend.valueIn(backend.traced(inputs.x!), nchw);
    const shape = shapeIn(nchw, info.outShape);
    const value = backend.graph.node("MaxPool", [x], shape, convolutionAttributes(info));
    return backend.make({ value, order: nchw }, info.outShape, "float32");
  }),
  // Each number of dy goes to the first largest number of its window.
  kernel("MaxPoolGrad", ({ backend, inputs, attrs }) => {
    const { dy, input } = inputs as { dy: TensorInfo; input: TensorInfo };
    const info = poolInfo(input.shape, attrs);
    const { graph } = backend;
    const pooled = shapeIn(nchw, info.outShape);
    const shape = shapeIn(nchw, input.shape);
    const [count, size] = [sizeOf(pooled), sizeOf(shape)];
    // The attribute, which is the default, keeps this node apart from the forward one, which is faster without indices.
    const [, places] = graph.nodes(
      "MaxPool",
      [backend.valueIn(backend.traced(input), nchw)],
      [pooled, pooled],
      { ...convolutionAttributes(info), storage_order: 0 },
    );
    const zeros = graph.node("Expand", [backend.scalar(0, "float32"), graph.int64(size)], [size]);
    const scattered = graph.node(
      "ScatterElements",
      [
        zeros,
        reshape(graph, { ...places!, type: "int64" }, [count]),
        reshape(graph, backend.valueIn(backend.traced(dy), nchw), [count]),
      ],
      [size],
      { axis: 0, reduction: "add" },
    );
    return backend.make({ value: reshape(graph, scattered, shape), order: nchw }, input.shape, "float32");
  }),
  kernel("AvgPoolGrad", ({ backend, inputs, attrs }) => {
    const { dy, input } = inputs as { dy: TensorInfo; input: TensorInfo };
    const info = poolInfo(input.shape, attrs);
    const { graph } = backend;
    const shares = graph.constant(windowShares(info), [info.outHeight, info.outWidth]);
    const value = backend.valueIn(backend.traced(dy), nchw);
    const shared = graph.node("Mul", [value, shares], value.shape);
    const { inChannels, filterHeight, filterWidth } = info;
    const taps = new Float32Array(inChannels * filterHeight * filterWidth).fill(1);
    const ones = graph.constant(taps, [inChannels, 1, filterHeight, filterWidth]);
    const dx = depthwiseInputGradient(graph, shared, ones, info);
    return backend.make({ value: dx, order: nchw }, input.shape, "float32");
  }),
];

function poolInfo(inputShape: readonly number[], attrs: Readonly<Record<string, unknown>>): Conv2DInfo {
  const { filterSize, strides, pad, dimRoundingMode } = attrs as {
    filterSize: [number, number];
    strides: [number, number];
    pad: "same" | "valid" | number;
    dimRoundingMode?: "floor";
  };
  return backend_util.computePool2DInfo(
    inputShape as [number, number, number, number],
    filterSize,
    strides,
    1,
    pad,
    dimRoundingMode,
  );
}

/** One over the number of pixels, padding aside, that the window of each output sees: [h, w]. */
function windowShares(info: Conv2DInfo): Float32Array {
  const seen = (outputs: number, inputs: number, stride: number, size: number, pad: number) =>
    Array.from({ length: outputs }, (_, place) => {
      const start = place * stride - pad;
      return Math.min(start + size, inputs) - Math.max(start, 0);
    });
  const { padInfo } = info;
  const rows = seen(info.outHeight, info.inHeight, info.strideHeight, info.filterHeight, padInfo.top);
  const columns = seen(info.outWidth, info.inWidth, info.strideWidth, info.filterWidth, padInfo.left);
  return Float32Array.from(rows.flatMap((high) => columns.map((wide) => 1 / (high * wide))));
}
