// A plain chain of convolutions with batch norm, pooled over the whole map, and a logit for each label; our own, small
// enough for a CPU.

import { add, matMul, mean, relu, type Tensor1D, type Tensor2D, type Tensor4D } from "@tensorflow/tfjs-core";
import { convolution } from "../layers/convolution.ts";
import { filled, glorotUniform, heNormal, initialized } from "../layers/initializers.ts";
import { normalization } from "../layers/normalization.ts";
import { type FirstValues, type MapShape, type Part, type Pass, sequence } from "../layers/part.ts";

/** Channels in units of the width, and strides: three halvings. */
const stages = [
  { times: 1, stride: 2 },
  { times: 2, stride: 1 },
  { times: 2, stride: 2 },
  { times: 4, stride: 1 },
  { times: 4, stride: 2 },
  { times: 8, stride: 1 },
] as const;

export type LabelNetworkOptions = {
  readonly imageSize: number;
  readonly width: number;
  readonly labels: number;
};

/** Luma -> features [N, 8 width] -> a logit for each label [N, labels]. */
export function labelNetwork({ imageSize, width, labels }: LabelNetworkOptions) {
  let shape: MapShape = [imageSize, imageSize, 1];
  const parts: Part[] = [];
  for (const [index, { times, stride }] of stages.entries()) {
    const name = `conv${index + 1}`;
    const layer = convolution(name, {
      input: shape,
      outputs: times * width,
      size: 3,
      stride,
      bias: false,
      initializer: heNormal,
    });
    shape = layer.output;
    const norm = normalization("batch", `${name}/norm`, shape);
    const activation: Part = { ...sequence([]), apply: (_pass, x) => relu(x) };
    parts.push(layer, norm, activation);
  }
  const body = sequence(parts);
  const size = shape[2];
  return {
    sizes: { features: size, classes: labels },
    layers: [
      ...body.rows,
      {
        name: "labels",
        type: "dense on the map's mean",
        output: [1, 1, labels] as const,
        parameters: (size + 1) * labels,
        multiplyAdds: size * labels,
      },
    ],
    init(seed: number): FirstValues {
      const { weights, statistics } = body.init(seed);
      const fans = { inputs: size, outputs: labels };
      return {
        weights: {
          ...weights,
          "labels/kernel": initialized("labels", [size, labels], seed, glorotUniform, fans),
          "labels/bias": filled([labels], 0),
        },
        statistics,
      };
    },
    features: (pass: Pass, luma: Tensor4D) => mean(body.apply(pass, luma), [1, 2]) as Tensor2D,
    logits: (pass: Pass, features: Tensor2D) =>
      add(
        matMul(features, pass.weights["labels/kernel"] as Tensor2D),
        pass.weights["labels/bias"] as Tensor1D,
      ) as Tensor2D,
  };
}
