// Maximum and average pooling and their gradients, composed of what ONNX Runtime's package has. The gradient of average
// pooling does not count padding.

import { sizeOf } from "../../../training-step.ts";
import { nchw } from "../lowering.ts";
import { reshape } from "./convolution.ts";
import { depthwiseInputGradient } from "./depthwise.ts";
import { attributesOf, type Geometry, geometryOf } from "./geometry.ts";
import { made, type RuleContext, type Rules, shapeIn } from "./rule.ts";

export const poolingRules: Rules = {
  AvgPool: (context) => {
    const { lowering, graph, inputs, outputs } = context;
    const x = lowering.valueIn(inputs[0]!, nchw);
    const attributes = {
      ...attributesOf(windows(context, inputs[0]!.shape, outputs[0]!.shape)),
      count_include_pad: 0,
    };
    const value = graph.node("AveragePool", [x], shapeIn(nchw, outputs[0]!.shape), attributes);
    return made(context, value, nchw);
  },
  MaxPool: (context) => {
    const { lowering, graph, inputs, outputs } = context;
    const x = lowering.valueIn(inputs[0]!, nchw);
    const attributes = attributesOf(windows(context, inputs[0]!.shape, outputs[0]!.shape));
    return made(context, graph.node("MaxPool", [x], shapeIn(nchw, outputs[0]!.shape), attributes), nchw);
  },
  // Each number of dy goes to the first largest number of its window.
  MaxPoolGrad: (context) => {
    const { lowering, graph, inputs } = context;
    const [dy, input] = inputs;
    const pooled = shapeIn(nchw, dy!.shape);
    const shape = shapeIn(nchw, input!.shape);
    const [count, size] = [sizeOf(pooled), sizeOf(shape)];
    // The attribute, which is the default, keeps this node apart from the forward one, which is faster without indices.
    const [, places] = graph.nodes("MaxPool", [lowering.valueIn(input!, nchw)], [pooled, pooled], {
      ...attributesOf(windows(context, input!.shape, dy!.shape)),
      storage_order: 0,
    });
    const zeros = graph.node("Expand", [lowering.scalar(0, "float32"), graph.int64(size)], [size]);
    const scattered = graph.node(
      "ScatterElements",
      [
        zeros,
        reshape(graph, { ...places!, type: "int64" }, [count]),
        reshape(graph, lowering.valueIn(dy!, nchw), [count]),
      ],
      [size],
      { axis: 0, reduction: "add" },
    );
    return made(context, reshape(graph, scattered, shape), nchw);
  },
  AvgPoolGrad: (context) => {
    const { lowering, graph, inputs } = context;
    const [dy, input] = inputs;
    const info = windows(context, input!.shape, dy!.shape);
    const shares = graph.constant(windowShares(info), [info.outHeight, info.outWidth]);
    const value = lowering.valueIn(dy!, nchw);
    const shared = graph.node("Mul", [value, shares], value.shape);
    const { inChannels, filterHeight, filterWidth } = info;
    const taps = new Float32Array(inChannels * filterHeight * filterWidth).fill(1);
    const ones = graph.constant(taps, [inChannels, 1, filterHeight, filterWidth]);
    return made(context, depthwiseInputGradient(graph, shared, ones, info), nchw);
  },
};

function windows({ attributes }: RuleContext, x: readonly number[], y: readonly number[]): Geometry {
  return geometryOf(x, attributes.size as number[], y, attributes);
}

/** One over the number of pixels, padding aside, that the window of each output sees: [h, w]. */
function windowShares(info: Geometry): Float32Array {
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
