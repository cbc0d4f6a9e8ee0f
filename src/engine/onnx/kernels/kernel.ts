// What every kernel file is made of.

import type { KernelConfig, TensorInfo } from "@tensorflow/tfjs-core";
import { type Order, type TraceBackend, type TracedTensor, traceBackendName } from "../trace-backend.ts";

export type KernelContext = {
  readonly backend: TraceBackend;
  readonly inputs: Readonly<Record<string, TensorInfo>>;
  // TensorFlow.js gives each kernel its own attributes; the kernel's code states what it reads.
  readonly attrs: Readonly<Record<string, unknown>>;
};

/** A kernel of the trace backend under TensorFlow.js's name for it. */
export function kernel(
  kernelName: string,
  record: (context: KernelContext) => TensorInfo | TensorInfo[],
): KernelConfig {
  return {
    kernelName,
    backendName: traceBackendName,
    kernelFunc: ({ inputs, attrs, backend }) =>
      record({
        backend: backend as unknown as TraceBackend,
        inputs: inputs as Record<string, TensorInfo>,
        attrs: (attrs ?? {}) as Record<string, unknown>,
      }),
  };
}

/** The order that the result of combining tensors of one rank should have: that of the largest one. */
export function commonOrder(tensors: readonly TracedTensor[], rank: number): Order {
  let order: Order | null = null;
  let most = -1;
  for (const tensor of tensors) {
    if (tensor.uniform !== undefined || tensor.shape.length !== rank) continue;
    const size = tensor.shape.reduce((product, length) => product * length, 1);
    if (size > most) {
      order = tensor.order;
      most = size;
    }
  }
  return order ?? Array.from({ length: rank }, (_, dimension) => dimension);
}

export function shapeIn(order: Order, shape: readonly number[]): number[] {
  return order.map((dimension) => shape[dimension]!);
}
