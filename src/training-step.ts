// The one idea of the house: a training step is a pure function over named tensors. Models write such functions,
// engines run them; neither knows the other.

import type { Tensor } from "@tensorflow/tfjs-core";

export type Tensors = Readonly<Record<string, Tensor>>;

/**
 * One update. `state` holds weights and optimizer moments, `batch` the images, `noise` the uniform numbers in
 * [0, 1) that dropout needs, `hyper` the scalars that change over time. Returns every tensor of the state anew,
 * under the same names and shapes, and scalar losses. TensorFlow.js ops and tf.grads only: no tf.Variable, no
 * random op, no reading of values, static shapes.
 */
export type StepFunction = (
  state: Tensors,
  batch: Tensors,
  noise: Tensors,
  hyper: Tensors,
) => { readonly state: Tensors; readonly losses: Tensors };

/** A pure function without state of its own, such as colorizing a batch. */
export type TensorFunction = (inputs: Tensors) => Tensors;

/** `uint8` exists at the border only: the function sees int32. */
export type ElementType = "float32" | "int32" | "uint8";

export type TensorSpec = { readonly shape: readonly number[]; readonly dtype: ElementType };
export type TensorSpecs = Readonly<Record<string, TensorSpec>>;

export type TensorArray = Float32Array | Int32Array | Uint8Array;
export type TensorArrays = Readonly<Record<string, TensorArray>>;

/** Named float32 tensors outside any engine: what a checkpoint holds. Kernels lie as [h, w, in, out]. */
export type StateTensor = { readonly shape: readonly number[]; readonly data: Float32Array };
export type State = Readonly<Record<string, StateTensor>>;

/** Whether both have the same number of elements in every dimension. */
export function sameShape(a: readonly number[], b: readonly number[]): boolean {
  return a.length === b.length && a.every((length, dimension) => length === b[dimension]);
}

export function sizeOf(shape: readonly number[]): number {
  return shape.reduce((product, length) => product * length, 1);
}

/** What a step needs besides its state: the shapes of one step, without the steps dimension. */
export type StepSpecs = {
  readonly batch: TensorSpecs;
  readonly noise: TensorSpecs;
  /** Names of the scalars. */
  readonly hyper: readonly string[];
};
