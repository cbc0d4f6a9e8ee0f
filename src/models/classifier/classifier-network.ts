// The classifier's training: binary cross-entropy of every label by itself.

import {
  mean,
  mul,
  type Scalar,
  sigmoid,
  softplus,
  sub,
  type Tensor,
  type Tensor1D,
  type Tensor4D,
} from "@tensorflow/tfjs-core";
import { rgbToLumaChroma } from "../../color/ops.ts";
import { sizeOf } from "../../training-step.ts";
import { gradientsOf } from "../gradients.ts";
import { evaluationPass, type Pass, trainingPass } from "../layers/part.ts";
import type { Network, NetworkOptions } from "../network.ts";
import { createOptimizer } from "../optimizers/create-optimizer.ts";
import type { ClassifierSettings } from "./classifier.ts";
import { labelNetwork } from "./label-network.ts";

export function classifierNetwork(options: NetworkOptions<ClassifierSettings>): Network {
  const { model, imageSize, train, labels } = options;
  const { batch_size: batchSize, accumulate } = train;
  if (labels === undefined) throw new Error("classifier: built without a number of labels");
  const network = labelNetwork({ imageSize, width: model.width, labels });
  const optimizer = createOptimizer(train.optimizer);
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
    hyper: (t, factor) => optimizer.hyper(t, factor * train.optimizer.learning_rate),
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
    sizeStep: 8,
    evaluated: [...trainable, ...Object.keys(shapes.statistics)],
    predict: (weights, inputs) => sigmoid(logitsOf(evaluationPass(weights), inputs.luma as Tensor4D)),
    evaluate(weights, batch) {
      const { luma } = rgbToLumaChroma(batch.rgb as Tensor4D);
      const logits = logitsOf(evaluationPass(weights), luma);
      const loss = mean(crossEntropy(logits, batch.labels!), [1]) as Tensor1D;
      return { prediction: sigmoid(logits), loss };
    },
  };
}

/** Binary, of each label by itself: log(1 + exp(x)) - x z for a logit x and a label z. */
function crossEntropy(logits: Tensor, labels: Tensor): Tensor {
  return sub(softplus(logits), mul(logits, labels));
}
