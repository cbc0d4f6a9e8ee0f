// Runs a described network over tensors. Batch norm by moving statistics is an affine function of each channel: it is
// folded into the kernel and a bias, which is exact, saves two passes over every map and keeps all gradients.

import {
  add,
  avgPool,
  concat,
  conv2d,
  customGrad,
  depthwiseConv2d,
  type GradSaveFunc,
  greater,
  less,
  logicalAnd,
  matMul,
  maxPool,
  mean,
  mul,
  relu,
  relu6,
  reshape,
  rsqrt,
  softmax,
  sub,
  type Tensor,
  type Tensor1D,
  type Tensor2D,
  type Tensor4D,
  where,
  zerosLike,
} from "@tensorflow/tfjs-core";
import type { Tensors } from "../../training-step.ts";
import type { Activation, KerasLayers, KerasNetwork, NormOptions } from "./keras-layers.ts";

const epsilon = 1e-3;

export function featuresOf(network: KerasNetwork, weights: Tensors, pictures: Tensor4D): Tensor2D {
  return mean(network(tensorLayers(weights), pictures), [1, 2]) as Tensor2D;
}

export function classesOf(weights: Tensors, features: Tensor2D): Tensor2D {
  const product = matMul(features, weights["predictions/kernel"] as Tensor2D);
  return softmax(add(product, weights["predictions/bias"] as Tensor1D) as Tensor2D);
}

function tensorLayers(weights: Tensors): KerasLayers<Tensor4D> {
  return {
    channels: (x) => x.shape[3],
    convolution(x, { name, norm, stride = 1, padding = "same", activation = "none", times = 1 }) {
      const kernel = weights[`${name}/kernel`] as Tensor4D;
      const { factor, offset } = norm
        ? affineOf(weights, norm)
        : { factor: times, offset: mul(weights[`${name}/bias`]!, times) };
      const y = conv2d(x, mul(kernel, factor) as Tensor4D, stride, padding);
      return activated(add(y, offset), activation);
    },
    depthwise(x, { name, norm, stride = 1, padding = "same", activation = "none" }) {
      const kernel = weights[`${name}/kernel`] as Tensor4D;
      const { factor, offset } = affineOf(weights, norm);
      const scaled = mul(kernel, reshape(factor, [factor.size, 1])) as Tensor4D;
      return activated(add(depthwiseConv2d(x, scaled, stride, padding), offset), activation);
    },
    pool: (x, { kind, size, stride, padding }) =>
      kind === "max" ? maxPool(x, size, stride, padding) : avgPool(x, size, stride, padding),
    concat: (maps) => concat([...maps], 3),
    add: (a, b, activation) => activated(add(a, b), activation),
  };
}

/** Batch norm as x * factor + offset. */
function affineOf(weights: Tensors, { name, scale }: NormOptions): { factor: Tensor; offset: Tensor } {
  const inverse = rsqrt(add(weights[`${name}/moving_variance`]!, epsilon));
  const factor = scale ? mul(weights[`${name}/gamma`]!, inverse) : inverse;
  return { factor, offset: sub(weights[`${name}/beta`]!, mul(weights[`${name}/moving_mean`]!, factor)) };
}

function activated(x: Tensor, activation: Activation): Tensor4D {
  if (activation === "relu") return relu(x as Tensor4D);
  return activation === "relu6" ? sixClipped(x as Tensor4D) : (x as Tensor4D);
}

/** relu6 with TensorFlow's gradient, from the output: TensorFlow.js's own keeps the input too. */
function sixClipped(x: Tensor4D): Tensor4D {
  const clip = customGrad((...inputs) => {
    const [x, save] = inputs as unknown as [Tensor4D, GradSaveFunc];
    const y = relu6(x);
    save([y]);
    const gradFunc = (dy: Tensor, saved: Tensor[]) => {
      const inside = logicalAnd(greater(saved[0]!, 0), less(saved[0]!, 6));
      return where(inside, dy, zerosLike(dy));
    };
    return { value: y, gradFunc };
  });
  return clip(x) as Tensor4D;
}
