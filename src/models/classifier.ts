// classifier: learns which of the data set's labels a grey picture has, each by itself (COCO's categories, CelebA's
// attributes), so that gamma has something to be told by with nothing downloaded. A plain chain of convolutions with
// batch norm, pooled over the whole map; our own, small enough for a CPU.

import {
  add,
  matMul,
  mean,
  mul,
  relu,
  type Scalar,
  sigmoid,
  softplus,
  sub,
  type Tensor,
  type Tensor1D,
  type Tensor2D,
  type Tensor4D,
} from "@tensorflow/tfjs-core";
import { rgbToLumaChroma } from "../color/ops.ts";
import type { ClassifierConfig } from "../experiment/experiment.ts";
import { sizeOf } from "../training-step.ts";
import { gradientsOf } from "./gradients.ts";
import { convolution } from "./layers/convolution.ts";
import { filled, glorotUniform, heNormal, initialized } from "./layers/initializers.ts";
import { normalization } from "./layers/normalization.ts";
import {
  evaluationPass,
  type FirstValues,
  type MapShape,
  type Part,
  type Pass,
  sequence,
  trainingPass,
} from "./layers/part.ts";
import type { Model } from "./model.ts";
import { createOptimizer } from "./optimizers.ts";

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

export const classifier: Model<ClassifierConfig> = {
  description: "convolutions that learn the labels of grey pictures, for gamma",
  source: "our own; Ioffe, Szegedy 2015 for batch norm",
  losses: ["loss"],
  needs: "labels",
  build({ model, imageSize, batchSize, accumulate, optimizer: config, labels }) {
    if (labels === undefined) throw new Error("classifier: built without a number of labels");
    const network = labelNetwork({ imageSize, width: model.width, labels });
    const optimizer = createOptimizer(config);
    const shapes = network.init(0);
    const trainable = Object.keys(shapes.weights);
    const logitsOf = (pass: Pass, luma: Tensor4D) => network.logits(pass, network.features(pass, luma));
    return {
      parameters: trainable.reduce((sum, name) => sum + sizeOf(shapes.weights[name]!.shape), 0),
      layers: network.layers,
      init(seed) {
        const { weights, statistics } = network.init(seed);
        return { ...weights, ...statistics, ...optimizer.init(weights) };
      },
      specs: {
        batch: {
          rgb: { shape: [batchSize, imageSize, imageSize, 3], dtype: "uint8" },
          labels: { shape: [batchSize, labels], dtype: "float32" },
        },
        noise: {},
        hyper: optimizer.hyperNames,
      },
      hyper: (t, factor) => optimizer.hyper(t, factor * config.learning_rate),
      step(state, batch, noise, hyper) {
        const parts = { inputs: { ...batch, ...noise }, accumulate };
        const { loss, gradients, others } = gradientsOf(trainable, state, parts, (weights, part) => {
          const { luma } = rgbToLumaChroma(part.rgb as Tensor4D);
          const pass = trainingPass(weights, part);
          const loss = mean(crossEntropy(logitsOf(pass, luma), part.labels!)) as Scalar;
          return { loss, others: Object.fromEntries(pass.updates) };
        });
        const updated = optimizer.update(state, gradients, hyper);
        return { state: { ...state, ...others, ...updated }, losses: { loss } };
      },
      evaluated: [...trainable, ...Object.keys(shapes.statistics)],
      output: "labels",
      predict: (weights, inputs) => sigmoid(logitsOf(evaluationPass(weights), inputs.luma as Tensor4D)),
      evaluate(weights, batch) {
        const { luma } = rgbToLumaChroma(batch.rgb as Tensor4D);
        const logits = logitsOf(evaluationPass(weights), luma);
        const loss = mean(crossEntropy(logits, batch.labels!), [1]) as Tensor1D;
        return { prediction: sigmoid(logits), loss };
      },
    };
  },
};

/** Binary, of each label by itself: log(1 + exp(x)) - x z for a logit x and a label z. */
function crossEntropy(logits: Tensor, labels: Tensor): Tensor {
  return sub(softplus(logits), mul(logits, labels));
}
