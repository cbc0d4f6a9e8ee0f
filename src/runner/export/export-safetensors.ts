// A trained network's weights as a safetensors file: by our own names, as PyTorch would have them, or as pix2pix's own code names
// them (docs/export.md).

import { closeSync, fsyncSync, openSync, statSync } from "node:fs";
import type { Store } from "../../store/open-store.ts";
import type { RunRow } from "../../store/rows.ts";
import type { State } from "../../training-step.ts";
import { makeWhole } from "../../whole-file.ts";
import { writeTensors } from "../safetensors.ts";
import { asPyTorch } from "../weight-files/pytorch-layout.ts";
import { asPix2pix } from "./as-pix2pix.ts";
import { type Metadata, originOf } from "./metadata.ts";
import type { TrainedNetwork } from "./trained-network.ts";

export const nameSchemes = ["pytorch", "pix2pix", "hueristic"] as const;
export type NameScheme = (typeof nameSchemes)[number];

export type ExportedTensors = { readonly tensors: number; readonly bytes: number };

export function exportSafetensors(
  run: RunRow,
  network: TrainedNetwork,
  { store, file, names }: { readonly store: Store; readonly file: string; readonly names: NameScheme },
): Promise<ExportedTensors> {
  const { tensors, meaning } = named(run, network, names);
  const origin = originOf(run, store.dataset(run.datasetFingerprint), network);
  const metadata = { ...origin, ...meaning, names };
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

/** Throws UserError where the names are those of other networks. */
function named(
  run: RunRow,
  { state }: TrainedNetwork,
  names: NameScheme,
): { readonly tensors: State; readonly meaning: Metadata } {
  if (names === "pix2pix") return asPix2pix(run, state);
  return { tensors: names === "pytorch" ? asPyTorch(state) : state, meaning: {} };
}
