// Images of a prepared data set as a network colors them: the very pictures that metrics are measured on.

import { labToLumaChroma, rgbToLab } from "../../color/lab.ts";
import type { PreparedDataset } from "../../datasets/prepare/prepare.ts";
import type { DeviceChoice } from "../../engine/choices.ts";
import { imagePair } from "../../metrics/image-pair.ts";
import type { Store } from "../../store/open-store.ts";
import type { RunRow } from "../../store/rows.ts";
import { openPredictor } from "../open-predictor.ts";
import type { ChosenCheckpoint } from "./choose-checkpoint.ts";

export type ColorImagesOptions = {
  readonly store: Store;
  /** null is the run's own. */
  readonly device: DeviceChoice | null;
  readonly signal: AbortSignal;
};

/** uint8 sRGB [size, size, 3] of each of `images`, which are of the run's own size. Throws UserError. */
export async function colorImages(
  run: RunRow,
  checkpoint: ChosenCheckpoint,
  images: readonly Uint8Array[],
  { store, device, signal }: ColorImagesOptions,
): Promise<Uint8Array[]> {
  const predictor = await openPredictor(run, checkpoint, { store, device, size: null });
  const colored: Uint8Array[] = [];
  try {
    for (const rgb of images) {
      signal.throwIfAborted();
      const { luma } = labToLumaChroma(rgbToLab(rgb));
      colored.push(imagePair(predictor.output, rgb, await predictor.predict(() => luma)).shown);
    }
    return colored;
  } finally {
    await predictor.close();
  }
}

/** uint8 RGB [size, size, 3] of each of the indices. */
export function readImages(dataset: PreparedDataset, indices: ArrayLike<number>): Uint8Array[] {
  return Array.from(indices, (index) => {
    const rgb = new Uint8Array(dataset.size ** 2 * 3);
    dataset.read([index], rgb);
    return rgb;
  });
}
