// The random numbers that a step needs (dropout masks), drawn on this side of the engine, so that every engine and
// every resumed run sees the same.

import { randomStream } from "../random.ts";
import { sizeOf, type TensorSpecs } from "../training-step.ts";

/** Uniform numbers in [0, 1) for `count` steps after `step` finished ones, keyed by (seed, step, name). */
export function drawNoise(
  specs: TensorSpecs,
  seed: number,
  step: number,
  count: number,
): Record<string, Float32Array> {
  return Object.fromEntries(
    Object.entries(specs).map(([name, { shape }]) => {
      const size = sizeOf(shape);
      const numbers = new Float32Array(count * size);
      for (let index = 0; index < count; index++) {
        const stream = randomStream(seed, "noise", step + index, name);
        for (let i = 0; i < size; i++) numbers[index * size + i] = stream.uniform();
      }
      return [name, numbers];
    }),
  );
}
