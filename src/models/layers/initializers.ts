// First values of weights. Each tensor has a stream of its own, keyed by seed and name, so that adding a layer does
// not change the others.

import { randomStream } from "../../random.ts";
import { type StateTensor, sizeOf } from "../../training-step.ts";

export type Fans = { readonly inputs: number; readonly outputs: number };

/** Gives the next first value of a weight with these fans. */
export type Initializer = (stream: ReturnType<typeof randomStream>, fans: Fans) => () => number;

/** Glorot, Bengio 2010: uniform in ±sqrt(6 / (fan in + fan out)), Keras's default. */
export const glorotUniform: Initializer = (stream, { inputs, outputs }) => {
  const limit = Math.sqrt(6 / (inputs + outputs));
  return () => (2 * stream.uniform() - 1) * limit;
};

/** He et al. 2015, for networks of ReLU: normal with variance 2 / fan in. */
export const heNormal: Initializer = (stream, { inputs }) => {
  const deviation = Math.sqrt(2 / inputs);
  return () => stream.normal() * deviation;
};

export function normal(mean: number, deviation: number): Initializer {
  return (stream) => () => mean + stream.normal() * deviation;
}

/** `key` names the stream: the weight's own name, or its layer's for a kernel. */
export function initialized(
  key: string,
  shape: readonly number[],
  seed: number,
  initializer: Initializer,
  fans: Fans = { inputs: 1, outputs: 1 },
): StateTensor {
  let data: Float32Array | null = null;
  return {
    shape,
    // Drawn when asked for: networks are built to see their names and shapes, and have 50 million weights.
    get data() {
      if (data === null) {
        data = new Float32Array(sizeOf(shape));
        const next = initializer(randomStream(seed, "weights", key), fans);
        for (let i = 0; i < data.length; i++) data[i] = next();
      }
      return data;
    },
  };
}

export function filled(shape: readonly number[], value: number): StateTensor {
  const data = new Float32Array(sizeOf(shape));
  // New memory is zero already, and takes none until it is written to.
  return { shape, data: value === 0 ? data : data.fill(value) };
}
