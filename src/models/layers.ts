// The small parts that networks are made of: named weights, their first values, and the layers themselves.

import {
  add,
  avgPool,
  conv2d,
  customGrad,
  image,
  mul,
  type Tensor,
  type Tensor1D,
  type Tensor4D,
} from "@tensorflow/tfjs-core";
import { randomStream } from "../random.ts";
import { type State, type StateTensor, sizeOf, type Tensors } from "../training-step.ts";

/** A convolution's weights: kernel [size, size, inputs, outputs] and bias [outputs]. */
export type ConvolutionShape = { readonly size: number; readonly inputs: number; readonly outputs: number };

/** Glorot, Bengio 2010: uniform in ±sqrt(6 / (fan in + fan out)), Keras's default; biases 0. */
export function glorotConvolution(name: string, shape: ConvolutionShape, seed: number): State {
  const { size, inputs, outputs } = shape;
  const limit = Math.sqrt(6 / (size * size * (inputs + outputs)));
  const stream = randomStream(seed, "weights", name);
  const kernel = filled([size, size, inputs, outputs], () => (2 * stream.uniform() - 1) * limit);
  return { [`${name}/kernel`]: kernel, [`${name}/bias`]: filled([outputs], () => 0) };
}

function filled(shape: readonly number[], value: () => number): StateTensor {
  return { shape, data: Float32Array.from({ length: sizeOf(shape) }, value) };
}

/** Convolution with Keras's 'same' padding (stride 2 pads at the bottom and on the right only). */
export function convolution(weights: Tensors, name: string, x: Tensor4D, stride: 1 | 2 = 1): Tensor4D {
  const kernel = weights[`${name}/kernel`] as Tensor4D;
  const bias = weights[`${name}/bias`] as Tensor1D;
  return add(conv2d(x, kernel, stride, "same"), bias);
}

/**
 * Twice as high and wide, every pixel repeated: [N, H, W, C] -> [N, 2H, 2W, C]. Its gradient is stated here, as the
 * sum over each 2x2 square: TensorFlow.js's JavaScript backend has a wrong one for small images (4.22).
 */
export function upsample(x: Tensor4D): Tensor4D {
  const enlarge = customGrad((...inputs) => {
    const input = inputs[0] as Tensor4D;
    const [, height, width] = input.shape;
    return {
      value: image.resizeNearestNeighbor(input, [2 * height, 2 * width]),
      gradFunc: (dy: Tensor) => mul(avgPool(dy as Tensor4D, 2, 2, "valid"), 4),
    };
  });
  return enlarge(x) as Tensor4D;
}
