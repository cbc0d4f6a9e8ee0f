// Which images are measured on, beside those of the benchmark itself.

import type { DatasetConfig } from "../src/datasets/datasets.ts";

/** What all have alike. */
export const common = { limit: null, holdout: 0.1, seed: 1, greyscale: "drop" } as const;

/** The folder that somebody named for it; undefined where nobody did. */
export const chosenFolder = process.env.HUERISTIC_BENCH_DATA;

export function folderOf(root: string, limit: number | null = null): DatasetConfig {
  return { ...common, kind: "folder", root, limit, include: [], exclude: [], split: null, labels: null };
}

export function drawnScenes(count: number): DatasetConfig {
  return { ...common, kind: "synthetic", count };
}
