// A network by its reference, opened to color photographs, with what colored files say of it.

import type { ColorizingNetwork } from "../../colorize/colorize-files.ts";
import { tiledPredictor } from "../../colorize/tiled-predictor.ts";
import type { DeviceChoice } from "../../engine/choices.ts";
import { UserError } from "../../errors.ts";
import { modelOf } from "../../models/models.ts";
import { type ChosenCheckpoint, epochOfStep } from "../../runner/evaluation/choose-checkpoint.ts";
import { colorsOf, openPredictor, type Predictor } from "../../runner/open-predictor.ts";
import { ownVersion } from "../../runner/provenance.ts";
import type { Store } from "../../store/open-store.ts";
import type { RunRow } from "../../store/rows.ts";
import { findNetwork } from "./find-network.ts";

export type NetworkOptions = {
  readonly store: Store;
  readonly device: DeviceChoice | null;
  /** null is the one that it was trained at. */
  readonly size: number | null;
  /** Side of the tiles in which it sees that size; null for the whole at once. */
  readonly tile: number | null;
  readonly raw: boolean;
};

/** `text` is such as `faces`, `faces@12`, `faces@best`. Throws UserError. */
export async function openNetwork(text: string, options: NetworkOptions): Promise<ColorizingNetwork> {
  const { run, checkpoint } = await findNetwork(options.store, text);
  const output = colorsOf(run);
  if (options.raw && output !== "rgb")
    throw new UserError(
      `run ${run.id}: --raw: expected a network that gives RGB, got one that gives chroma, which has no picture of its own`,
    );
  return openCheckpoint(run, checkpoint, options);
}

/** Throws UserError. */
export async function openCheckpoint(
  run: RunRow,
  checkpoint: ChosenCheckpoint,
  { store, device, size, tile }: Omit<NetworkOptions, "raw">,
): Promise<ColorizingNetwork> {
  const predictor =
    size === null || tile === null
      ? await openPredictor(run, checkpoint, { store, device, size })
      : await openTiled(run, checkpoint, { store, device, size, tile });
  const epoch = epochOfStep(checkpoint.step, run);
  return {
    predictor,
    note: { program: `Hueristic ${ownVersion()}`, runId: run.id, runName: run.name, epoch },
  };
}

async function openTiled(
  run: RunRow,
  checkpoint: ChosenCheckpoint,
  {
    store,
    device,
    size,
    tile,
  }: Omit<NetworkOptions, "raw"> & { readonly size: number; readonly tile: number },
): Promise<Predictor> {
  const { model } = run.experiment;
  const step = modelOf(model).sizeStep;
  if (size % step !== 0)
    throw new UserError(
      `run ${run.id}: --size: expected a multiple of ${step} for ${model.kind}, got ${size}`,
    );
  if (tile >= size || tile < 2 * step)
    throw new UserError(
      `run ${run.id}: --tile: expected at least ${2 * step} for ${model.kind} and less than --size ${size}, got ${tile}`,
    );
  const options = { store, device, size: tile, sizeOption: "--tile" };
  return tiledPredictor(await openPredictor(run, checkpoint, options), { size, step });
}

/** Such as "faces-k3v9x2mp-12": the same at every call with this network. */
export function folderOf({ runId, runName, epoch }: ColorizingNetwork["note"]): string {
  const name = runName
    .replace(/[^\p{L}\p{N}._-]+/gu, "-")
    .replace(/^[.-]+/, "")
    .slice(0, 60);
  return `${name === "" ? "run" : name}-${runId}-${epoch}`;
}
