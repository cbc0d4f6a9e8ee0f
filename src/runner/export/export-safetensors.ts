// A trained network's weights as a safetensors file: by our own names, as PyTorch would have them, or as pix2pix's own code names
// them (docs/export.md).

import { closeSync, fsyncSync, openSync, statSync } from "node:fs";
import type { Store } from "../../store/open-store.ts";
import type { RunRow } from "../../store/rows.ts";
import type { State } from "../../training-step.ts";
import { makeWhole } from "../../whole-file.ts";
import { readCheckpoint } from "../checkpoints.ts";
import type { ChosenCheckpoint } from "../evaluation/choose-checkpoint.ts";
import { writeTensors } from "../safetensors.ts";
import { asPyTorch } from "../weight-files/pytorch-layout.ts";
import { discriminatorAsPix2pix, generatorAsPix2pix, type Pix2pixTensors } from "./as-pix2pix.ts";
import { type Metadata, originOf } from "./metadata.ts";
import type { TrainedNetwork } from "./trained-network.ts";

const nameSchemes = ["pytorch", "pix2pix", "hueristic"] as const;
export type NameScheme = (typeof nameSchemes)[number];

export type ExportedTensors = { readonly tensors: number; readonly bytes: number };

type TensorsOptions = { readonly store: Store; readonly file: string };

/** Throws UserError where the names are those of other networks. */
export async function exportSafetensors(
  run: RunRow,
  network: TrainedNetwork,
  { store, file, names }: TensorsOptions & { readonly names: NameScheme },
): Promise<ExportedTensors> {
  const { state } = network;
  const { tensors, meaning }: Pix2pixTensors =
    names === "pix2pix"
      ? generatorAsPix2pix(run, state)
      : { tensors: names === "pytorch" ? asPyTorch(state) : state, meaning: {} };
  return write(file, tensors, { ...originIn(store, run, network), ...meaning, names });
}

/** Of a pix2pix, by the names `pix2pix`. Throws UserError where it has none, or one that theirs cannot be. */
export async function exportDiscriminator(
  run: RunRow,
  checkpoint: ChosenCheckpoint,
  { store, file }: TensorsOptions,
): Promise<ExportedTensors> {
  const { state, epoch, step } = readCheckpoint(checkpoint.file);
  const { tensors, meaning } = discriminatorAsPix2pix(run, state);
  return write(file, tensors, { ...originIn(store, run, { epoch, step }), ...meaning, names: "pix2pix" });
}

function originIn(store: Store, run: RunRow, at: Pick<TrainedNetwork, "epoch" | "step">): Metadata {
  return originOf(run, store.dataset(run.datasetFingerprint), at);
}

function write(file: string, tensors: State, metadata: Metadata): Promise<ExportedTensors> {
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
