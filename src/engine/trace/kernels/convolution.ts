// Convolutions, pooling and their gradients: strides, padding and dilations as numbers, whatever the words were.

import { backend_util, type KernelConfig, type TensorInfo } from "@tensorflow/tfjs-core";
import type { TraceAttributes } from "../trace.ts";
import { kernel } from "./kernel.ts";

type Attributes = Readonly<Record<string, unknown>>;
type Shape = readonly number[];
type Info = ReturnType<typeof backend_util.computeConv2DInfo>;

export const convolutionKernels: readonly KernelConfig[] = [
  ...[
    { name: "Conv2D", depthwise: false },
    { name: "DepthwiseConv2dNative", depthwise: true },
  ].flatMap(({ name, depthwise }) => [
    kernel(name, ({ recorder, inputs, attrs }) => {
      const { x, filter } = inputs as { x: TensorInfo; filter: TensorInfo };
      const info = convolutionInfo(x.shape, filter.shape, attrs, depthwise);
      return recorder.node(name, [x, filter], { shape: info.outShape, dtype: "float32" }, geometry(info));
    }),
    kernel(`${name}BackpropInput`, ({ recorder, inputs, attrs }) => {
      const { dy, filter } = inputs as { dy: TensorInfo; filter: TensorInfo };
      const shape = attrs.inputShape as Shape;
      const info = convolutionInfo(shape, filter.shape, attrs, depthwise);
      const output = { shape, dtype: "float32" as const };
      return recorder.node(`${name}BackpropInput`, [dy, filter], output, geometry(info));
    }),
    kernel(`${name}BackpropFilter`, ({ recorder, inputs, attrs }) => {
      const { x, dy } = inputs as { x: TensorInfo; dy: TensorInfo };
      const shape = attrs.filterShape as Shape;
      const info = convolutionInfo(x.shape, shape, attrs, depthwise);
      const output = { shape, dtype: "float32" as const };
      return recorder.node(`${name}BackpropFilter`, [x, dy], output, geometry(info));
    }),
  ]),
  ...["AvgPool", "MaxPool"].flatMap((name) => [
    kernel(name, ({ recorder, inputs, attrs }) => {
      const info = poolInfo(inputs.x!.shape, attrs);
      const output = { shape: info.outShape, dtype: "float32" as const };
      return recorder.node(name, [inputs.x!], output, window(info));
    }),
    // Of average pooling TensorFlow.js's JavaScript backend divides by the whole window; here, as in TensorFlow
    // itself, padding does not count. Of maximum pooling each number of dy goes to the first largest of its window.
    kernel(`${name}Grad`, ({ recorder, inputs, attrs }) => {
      const { dy, input } = inputs as { dy: TensorInfo; input: TensorInfo };
      return recorder.node(`${name}Grad`, [dy, input], input, window(poolInfo(input.shape, attrs)));
    }),
  ]),
];

function convolutionInfo(input: Shape, filter: Shape, attrs: Attributes, depthwise: boolean): Info {
  const { strides, pad, dilations, dimRoundingMode } = attrs as {
    strides: [number, number];
    pad: "same" | "valid" | number;
    dilations?: [number, number];
    dimRoundingMode?: "floor";
  };
  return backend_util.computeConv2DInfo(
    input as [number, number, number, number],
    filter as [number, number, number, number],
    strides,
    dilations ?? 1,
    pad,
    dimRoundingMode,
    depthwise,
  );
}

function poolInfo(input: Shape, attrs: Attributes): Info {
  const { filterSize, strides, pad, dimRoundingMode } = attrs as {
    filterSize: [number, number];
    strides: [number, number];
    pad: "same" | "valid" | number;
    dimRoundingMode?: "floor";
  };
  return backend_util.computePool2DInfo(
    input as [number, number, number, number],
    filterSize,
    strides,
    1,
    pad,
    dimRoundingMode,
  );
}

/** Pairs are [rows, columns]; `pads` are [top, left, bottom, right]. */
function geometry(info: Info): TraceAttributes {
  const { top, left, bottom, right } = info.padInfo;
  return {
    strides: [info.strideHeight, info.strideWidth],
    pads: [top, left, bottom, right],
    dilations: [info.dilationHeight, info.dilationWidth],
  };
}

function window(info: Info): TraceAttributes {
  return { size: [info.filterHeight, info.filterWidth], ...geometry(info) };
}
