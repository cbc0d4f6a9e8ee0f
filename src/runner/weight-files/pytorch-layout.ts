// Our names and layouts of weights and PyTorch's.

import { type State, type StateTensor, sizeOf } from "../../training-step.ts";

/** Last words of our names and PyTorch's for them. */
const words: Readonly<Record<string, string>> = {
  kernel: "weight",
  depthwise_kernel: "weight",
  scale: "weight",
  offset: "bias",
  mean: "running_mean",
  variance: "running_var",
};

/**
 * `a/b/kernel` as `a.b.weight`: convolutions [out, in, h, w], transposed ones [in, out, h, w], dense layers [out, in]. Ours
 * are [h, w, in, out], [h, w, out, in] and [in, out], so that the dimensions turn the same way round for all.
 */
export function asPyTorch(state: State): State {
  return Object.fromEntries(
    Object.entries(state).map(([name, tensor]) => {
      const parts = name.split("/");
      const last = parts.pop()!;
      const layout = layouts[last];
      return [[...parts, words[last] ?? last].join("."), layout ? layout(tensor) : tensor];
    }),
  );
}

const layouts: Readonly<Record<string, (tensor: StateTensor) => StateTensor>> = {
  kernel: turned,
  // [h, w, channels, m] as [channels m, 1, h, w].
  depthwise_kernel({ shape, data }) {
    const [height, width, channels, each] = shape as [number, number, number, number];
    const outputs = channels * each;
    return turned({ shape: [height, width, 1, outputs], data });
  },
};

/** A kernel of PyTorch, transposed or not, as ours. */
export function kernelFromPyTorch({ shape, data }: StateTensor): StateTensor {
  const [outputs, inputs, ...taps] = shape as [number, number, ...number[]];
  // The same turn the other way: taps stand first then.
  const { data: ours } = turned({ shape: [outputs, inputs, sizeOf(taps)], data });
  return { shape: [...taps, inputs, outputs], data: ours };
}

function turned({ shape, data }: StateTensor): StateTensor {
  const [inputs, outputs] = shape.slice(-2) as [number, number];
  const taps = sizeOf(shape.slice(0, -2));
  const result = new Float32Array(data.length);
  for (let tap = 0, at = 0; tap < taps; tap++)
    for (let input = 0; input < inputs; input++)
      for (let output = 0; output < outputs; output++)
        result[(output * inputs + input) * taps + tap] = data[at++]!;
  return { shape: [outputs, inputs, ...shape.slice(0, -2)], data: result };
}
