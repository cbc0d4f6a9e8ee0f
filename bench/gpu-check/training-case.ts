// A whole training for check.py: pix2pix in Lab on photographs that travel with it, decoded, and what draws its samples.
// The photographs: HUERISTIC_BENCH_DATA, or ../shared/data/photos beside the repository, or drawn scenes.

import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { zerosLike } from "@tensorflow/tfjs-core";
import { lumaChromaToDisplayRgb, lumaChromaToRgb, rgbToLumaChroma } from "../../src/color/ops.ts";
import type { DatasetConfig } from "../../src/datasets/datasets.ts";
import { prepareDataset } from "../../src/datasets/prepare/prepare.ts";
import { recordFunction } from "../../src/engine/trace/record.ts";
import type { TensorFunction } from "../../src/training-step.ts";
import { chosenFolder, drawnScenes, folderOf } from "../data-sets.ts";
import { type CaseParts, recordedCase, whole } from "./recorded-case.ts";

/** What may travel is 60 MB together; photographs do not shrink much. */
const mostBytes = 50e6;
/** Behind these, Adam's scalars hardly change. */
const steps = 20_000;

/** With `scenes`, on that many drawn ones whatever photographs there are. */
export type TrainingParts = CaseParts & { readonly scenes?: number };

export async function trainingCase(
  parts: TrainingParts,
): Promise<{ readonly text: string; readonly photographs: Uint8Array }> {
  const { network, specs, hyper, written } = await recordedCase(parts);
  const draw: TensorFunction = (inputs) => {
    const { prediction, loss } = network.evaluate(inputs, inputs);
    const { luma, chroma } = rgbToLumaChroma(inputs.rgb as Parameters<typeof rgbToLumaChroma>[0]);
    return {
      loss,
      grey: lumaChromaToRgb(luma, zerosLike(chroma)),
      colorized: lumaChromaToDisplayRgb(luma, prediction as typeof chroma),
    };
  };
  const weights = Object.fromEntries(network.evaluated.map((name) => [name, specs[name]!]));
  const { photographs, ...counts } = await photographsFor(parts);
  const text = JSON.stringify({
    ...written,
    ...counts,
    size: parts.size,
    hyper: hyper(steps),
    draw: whole(recordFunction(draw, weights, network.specs.batch, { loops: false })),
  });
  return { text, photographs };
}

/** uint8 RGB [count, size, size, 3], those to train on first; how many of these, and of others. */
async function photographsFor({ size, batch, scenes }: TrainingParts) {
  const config = scenes ? drawnScenes(scenes) : dataset(Math.floor(mostBytes / (3 * size ** 2)));
  const cacheFolder = mkdtempSync(path.join(tmpdir(), "hueristic-gpu-check-"));
  try {
    const prepared = await prepareDataset(config, { size, cacheFolder });
    const seen = wholeBatches(prepared.seen, batch);
    const unseen = wholeBatches(prepared.unseen, batch);
    const photographs = new Uint8Array((seen.length + unseen.length) * 3 * size ** 2);
    prepared.read(seen, photographs);
    prepared.read(unseen, photographs, seen.length * 3 * size ** 2);
    prepared.close();
    return { photographs, seen: seen.length, unseen: unseen.length };
  } finally {
    rmSync(cacheFolder, { recursive: true, force: true });
  }
}

function dataset(limit: number): DatasetConfig {
  const photos = fileURLToPath(new URL("../../../shared/data/photos", import.meta.url));
  const root = chosenFolder ?? (existsSync(photos) ? photos : null);
  return root === null ? drawnScenes(Math.min(limit, 320)) : folderOf(root, limit);
}

function wholeBatches(indices: Uint32Array, batch: number): Uint32Array {
  return indices.subarray(0, indices.length - (indices.length % batch));
}
