// A trained network's weights as a safetensors file, by our own names or as PyTorch would have them (docs/export.md).

import { closeSync, fsyncSync, openSync, statSync } from "node:fs";
import type { Store } from "../../store/open-store.ts";
import type { RunRow } from "../../store/rows.ts";
import { type State, type StateTensor, sizeOf } from "../../training-step.ts";
import { makeWhole } from "../../whole-file.ts";
import { writeTensors } from "../safetensors.ts";
import { originOf } from "./metadata.ts";
import type { TrainedNetwork } from "./trained-network.ts";

export const nameSchemes = ["pytorch", "hueristic"] as const;
export type NameScheme = (typeof nameSchemes)[number];

export type ExportedTensors = { readonly tensors: number; readonly bytes: number };

export function exportSafetensors(
  run: RunRow,
  network: TrainedNetwork,
  { store, file, names }: { readonly store: Store; readonly file: string; readonly names: NameScheme },
): Promise<ExportedTensors> {
  const tensors = names === "pytorch" ? asPyTorch(network.state) : network.state;
  const metadata = { ...originOf(run, store.dataset(run.datasetFingerprint), network), names };
  return makeWhole(file, async (temporary) => {
    const open = openSync(temporary, "w");
    try {
      writeTensors(open, { tensors, metadata });
      fsyncSync(open);
    } finally {
      closeSync(open);
    }
    return { tensors: Object.keys(tensors).length, bytes: statSync(temporary).size };
  });
}

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
