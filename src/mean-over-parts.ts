// Large batches in little memory: what a step computes over a batch, computed over equal parts of it one after another.

import { add, backend, type KernelBackend, mul, slice, type Tensor, tidy } from "@tensorflow/tfjs-core";
import type { Tensors } from "./training-step.ts";

/** A backend that records functions instead of running them records the parts as a loop. */
export type LoopingBackend = KernelBackend & {
  /** The sums of what `compute` gives over `parts` equal parts of the inputs, cut along their first dimension. */
  sumOverParts(parts: number, inputs: Tensors, compute: (part: Tensors) => Tensors): Tensors | null;
};

/**
 * The means of what `compute` gives over `parts` equal parts of `inputs`, cut along their first dimension. For means
 * over the batch, such as losses and their gradients, that is what the whole batch gives.
 */
export function meanOverParts(parts: number, inputs: Tensors, compute: (part: Tensors) => Tensors): Tensors {
  if (parts === 1) return compute(inputs);
  const sums = recordedSums(parts, inputs, compute) ?? computedSums(parts, inputs, compute);
  return mapped(sums, (sum) => mul(sum, 1 / parts));
}

function recordedSums(...[parts, inputs, compute]: Parameters<LoopingBackend["sumOverParts"]>) {
  const current = backend();
  return "sumOverParts" in current ? (current as LoopingBackend).sumOverParts(parts, inputs, compute) : null;
}

function computedSums(parts: number, inputs: Tensors, compute: (part: Tensors) => Tensors): Tensors {
  let sums: Tensors | null = null;
  for (let part = 0; part < parts; part++) {
    const next = tidy(() => {
      const values = { ...compute(mapped(inputs, (tensor) => partOf(tensor, part, parts))) };
      const before = sums;
      return before ? mapped(values, (value, name) => add(before[name]!, value)) : values;
    });
    // The scope of the step frees what it made; these would live until then.
    for (const tensor of Object.values(sums ?? {})) (tensor as Tensor).dispose();
    sums = next;
  }
  return sums!;
}

function partOf(tensor: Tensor, part: number, parts: number): Tensor {
  const [length, ...rest] = tensor.shape;
  const size = length! / parts;
  return slice(tensor, [part * size, ...rest.map(() => 0)], [size, ...rest]);
}

function mapped(tensors: Tensors, map: (tensor: Tensor, name: string) => Tensor): Record<string, Tensor> {
  return Object.fromEntries(Object.entries(tensors).map(([name, tensor]) => [name, map(tensor, name)]));
}
