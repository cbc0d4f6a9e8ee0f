// Reads off the description of a network what weights it has and what its layers cost.

import { sizeOf, type TensorSpec, type TensorSpecs } from "../../training-step.ts";
import type { LayerRow } from "../layer-row.ts";
import type { MapShape } from "../layers/part.ts";
import type {
  ConvolutionOptions,
  DepthwiseOptions,
  KerasLayers,
  KerasNetwork,
  NormOptions,
  Padding,
} from "./keras-layers.ts";

export type DescribedLayers = {
  /** In the order in which they are used. */
  readonly weights: TensorSpecs;
  readonly layers: readonly LayerRow[];
  /** Channels of the last map. */
  readonly features: number;
};

export function describeLayers(network: KerasNetwork, inputSize: number, classes: number): DescribedLayers {
  const weights: Record<string, TensorSpec> = {};
  const layers: LayerRow[] = [];
  const weight = (name: string, ...shape: number[]) => {
    if (name in weights) throw new Error(`two weights are called ${name}`);
    weights[name] = { shape, dtype: "float32" };
    return sizeOf(shape);
  };
  const normOf = ({ name, scale }: NormOptions, channels: number) => {
    const parameters = (scale ? weight(`${name}/gamma`, channels) : 0) + weight(`${name}/beta`, channels);
    weight(`${name}/moving_mean`, channels);
    weight(`${name}/moving_variance`, channels);
    return parameters;
  };
  const row = (
    kind: string,
    { name, size, stride = 1, norm }: ConvolutionOptions | DepthwiseOptions,
    output: MapShape,
    kernel: number,
  ) => {
    const channels = output[2];
    const rest = norm ? normOf(norm, channels) : weight(`${name}/bias`, channels);
    const type = [`${kind} ${size.join("x")}`, stride === 2 ? " s2" : "", norm ? ", batch norm" : ""].join(
      "",
    );
    const multiplyAdds = output[0] * output[1] * kernel;
    layers.push({ name, type, output, parameters: kernel + rest, multiplyAdds });
    return output;
  };

  const shapes: KerasLayers<MapShape> = {
    channels: ([, , channels]) => channels,
    convolution(x, options) {
      const { name, size, outputs, stride = 1, padding = "same" } = options;
      const kernel = weight(`${name}/kernel`, ...size, x[2], outputs);
      return row("convolution", options, [...sides(x, size, stride, padding), outputs], kernel);
    },
    depthwise(x, options) {
      const { name, size, stride = 1, padding = "same" } = options;
      const kernel = weight(`${name}/kernel`, ...size, x[2], 1);
      return row("depthwise convolution", options, [...sides(x, size, stride, padding), x[2]], kernel);
    },
    pool: (x, { size, stride, padding }) => [...sides(x, [size, size], stride, padding), x[2]],
    concat: (maps) => [maps[0]![0], maps[0]![1], maps.reduce((sum, [, , channels]) => sum + channels, 0)],
    add: (x) => x,
  };
  const features = network(shapes, [inputSize, inputSize, 3] as MapShape)[2];
  const kernel = weight("predictions/kernel", features, classes);
  const bias = weight("predictions/bias", classes);
  layers.push({
    name: "predictions",
    type: "dense on the map's mean, softmax",
    output: [1, 1, classes],
    parameters: kernel + bias,
    multiplyAdds: kernel,
  });
  return { weights, layers, features };
}

function sides(
  [height, width]: MapShape,
  size: readonly [number, number],
  stride: number,
  padding: Padding,
): [number, number] {
  const length = (side: number, taps: number) =>
    Math.ceil((padding === "same" ? side : side - taps + 1) / stride);
  return [length(height, size[0]), length(width, size[1])];
}
