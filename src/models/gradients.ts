// The one place where models ask for gradients.

import {
  add,
  clone,
  keep,
  type Scalar,
  sqrt,
  square,
  sum,
  type Tensor,
  valueAndGrads,
} from "@tensorflow/tfjs-core";
import { composite } from "../composites.ts";
import { meanOverParts } from "../mean-over-parts.ts";
import type { Tensors } from "../training-step.ts";
import { prefixed, unprefixed } from "./prefixed.ts";

/** A loss and what was computed on the way to it, such as its parts and new statistics. */
export type Computed = { readonly loss: Scalar; readonly others?: Tensors };

export type Differentiated = {
  readonly loss: Scalar;
  readonly gradients: Tensors;
  readonly others: Tensors;
};

/**
 * Gradients of the loss with regard to the named tensors of `state`; `compute` sees the whole state. The loss and the
 * others are means over the batch: `inputs` are taken in `accumulate` equal parts, one after another.
 */
export function gradientsOf(
  names: readonly string[],
  state: Tensors,
  { inputs, accumulate = 1 }: { readonly inputs: Tensors; readonly accumulate?: number | undefined },
  compute: (weights: Tensors, inputs: Tensors) => Computed,
): Differentiated {
  const means = meanOverParts(accumulate, inputs, (part) => {
    const { loss, gradients, others } = differentiate(names, state, (weights) => compute(weights, part));
    return { loss, ...prefixed("gradient of ", gradients), ...prefixed("other ", others) };
  });
  const { loss } = means;
  return {
    loss: loss as Scalar,
    gradients: unprefixed("gradient of ", means),
    others: unprefixed("other ", means),
  };
}

function differentiate(
  names: readonly string[],
  state: Tensors,
  compute: (weights: Tensors) => Computed,
): Differentiated {
  let kept: readonly (readonly [string, Tensor])[] = [];
  const { value, grads } = valueAndGrads((...tensors: Tensor[]) => {
    const { loss, others = {} } = compute({ ...state, ...named(names, tensors) });
    // TensorFlow.js frees whatever a differentiated function makes but its value.
    kept = Object.entries(others).map(([name, tensor]) => [name, keep(clone(tensor))] as const);
    return loss;
  })(names.map((name) => state[name]!));
  const others = Object.fromEntries(kept.map(([name, tensor]) => [name, clone(tensor)]));
  for (const [, tensor] of kept) tensor.dispose();
  return { loss: value as Scalar, gradients: named(names, grads), others };
}

/**
 * Length of all gradients together as one vector: the root of the sum of all squares. Summed by rows first: millions of
 * float32 numbers in one sum would lose digits, and rows are summed by all threads.
 */
export function gradientNorm(gradients: Tensors): Scalar {
  return lengthOf(Object.values(gradients), {})[0] as Scalar;
}

const lengthOf = composite("Length", (gradients) => {
  const squares = gradients.map((gradient) => {
    const rows = gradient.shape.slice(0, -1).map((_, axis) => axis);
    return sum<Scalar>(sum(square(gradient), rows));
  });
  return [sqrt(squares.reduce((a, b) => add(a, b)))];
});

function named(names: readonly string[], tensors: readonly Tensor[]): Tensors {
  return Object.fromEntries(names.map((name, index) => [name, tensors[index]!]));
}
