// How many multiply-adds a step's convolutions and matrix products take, counted in its trace: forward and both
// gradients, of both networks of a GAN, whatever is computed twice.

import { sumOverParts, type Trace, type TraceNode } from "../src/engine/trace/trace.ts";
import { sizeOf } from "../src/training-step.ts";

export function multiplyAddsOf({ values, nodes }: Trace): number {
  const shape = (id: number) => values[id]!.shape;
  const of = ({ op, inputs, outputs, attributes, body }: TraceNode): number => {
    const [first, second] = inputs as [number, number];
    const result = shape(outputs[0]!);
    if (op === sumOverParts) return (attributes.parts as number) * total(body!.nodes);
    // Every output of the forward convolution sees all taps of all its input channels: the kernel without its outputs.
    if (op === "Conv2D") return (sizeOf(result) * sizeOf(shape(second))) / shape(second)[3]!;
    if (op === "Conv2DBackpropInput")
      return (sizeOf(shape(first)) * sizeOf(shape(second))) / shape(second)[3]!;
    if (op === "Conv2DBackpropFilter") return (sizeOf(shape(second)) * sizeOf(result)) / result[3]!;
    if (op === "BatchMatMul") {
      const inner = shape(first).at((attributes.transposeA as boolean) ? -2 : -1)!;
      return sizeOf(result) * inner;
    }
    return body ? total(body.nodes) : 0;
  };
  const total = (all: readonly TraceNode[]): number => all.reduce((sum, node) => sum + of(node), 0);
  return total(nodes);
}
