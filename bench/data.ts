// What data cost: preparing a folder of images cold and warm, and reading batches from the cache.
// Next to it PyTorch's DataLoader over the same files, where HUERISTIC_PYTHON has PyTorch and Pillow.
// The folder: HUERISTIC_BENCH_DATA, or ../shared/data beside the repository, or drawn scenes.

import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { availableParallelism, tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import sharp from "sharp";
import type { DatasetConfig } from "../src/datasets/datasets.ts";
import { epochBatches } from "../src/datasets/prepare/batches.ts";
import { type PreparedDataset, prepareDataset } from "../src/datasets/prepare/prepare.ts";
import type { Bench } from "./bench.ts";
import { chosenFolder, common, drawnScenes, folderOf } from "./data-sets.ts";
import type { Table } from "./results.ts";

const size = 64;
const batchSize = 64;

export async function benchData(): Promise<Bench> {
  return {
    versions: [`sharp ${sharp.versions.sharp}`, `libvips ${sharp.versions.vips}`],
    tables: measured(),
  };
}

async function* measured(): AsyncGenerator<Table> {
  for (const config of configs()) {
    const cacheFolder = mkdtempSync(join(tmpdir(), "hueristic-bench-"));
    try {
      const cold = await measure(config, cacheFolder);
      cold.prepared.close();
      const { prepared, ...warm } = await measure(config, cacheFolder);
      const count = prepared.ids.length;
      const rows = [
        ["cold: decoded and cached", `${Math.round(cold.ms)} ms`, rate(count, cold.ms)],
        ["warm: opened from the cache", `${Math.round(warm.ms)} ms`, rate(count, warm.ms)],
        ["batches read from the cache", "", batchesPerSecond(prepared)],
      ];
      prepared.close();
      if (config.kind !== "synthetic") rows.push(...dataLoader(foldersOf(config)));
      yield {
        title: `${config.kind}: ${count.toLocaleString("en")} images at ${size}x${size}, batches of ${batchSize}`,
        columns: ["", "took", "images/s"],
        rows,
      };
    } finally {
      rmSync(cacheFolder, { recursive: true, force: true });
    }
  }
}

function rate(images: number, ms: number): string {
  return Math.round((images / ms) * 1000).toLocaleString("en");
}

function configs(): DatasetConfig[] {
  if (chosenFolder !== undefined) return [folderOf(chosenFolder)];
  const shared = fileURLToPath(new URL("../../shared/data", import.meta.url));
  const configs: DatasetConfig[] = [drawnScenes(640)];
  if (existsSync(shared)) {
    const coco = { split: "train2017", unseen_split: "val2017", categories: null };
    const counted = { min_area: 0, iscrowd: "include", unannotated: null } as const;
    const celeba = { split: "train", unseen_split: null, attributes: {} } as const;
    configs.push({ ...common, kind: "coco", root: join(shared, "coco"), ...coco, ...counted });
    configs.push({ ...common, kind: "celeba", root: join(shared, "celeba"), ...celeba });
  } else console.log(`no ${shared}: drawn scenes only`);
  return configs;
}

async function measure(config: DatasetConfig, cacheFolder: string) {
  const began = performance.now();
  const prepared = await prepareDataset(config, { size, cacheFolder });
  return { prepared, ms: performance.now() - began };
}

function foldersOf(config: DatasetConfig): string[] {
  if (config.kind === "coco")
    return [config.split, config.unseen_split].flatMap((split) => (split ? [join(config.root, split)] : []));
  return "root" in config ? [config.root] : [];
}

/** Two epochs, each of which decodes every file, in as many workers as there are cores. */
function dataLoader(folders: readonly string[]): string[][] {
  const script = fileURLToPath(new URL("peers/dataloader.py", import.meta.url));
  const numbers = { size, batch: batchSize, workers: availableParallelism() };
  const args = Object.entries(numbers).flatMap(([name, value]) => [`--${name}`, String(value)]);
  try {
    const python = process.env.HUERISTIC_PYTHON ?? "python3";
    const output = execFileSync(python, [script, ...folders, ...args], {
      encoding: "utf8",
      stdio: ["ignore", "pipe", "ignore"],
    });
    const { torch, images, workers, perSecond } = JSON.parse(output) as DataLoaderResult;
    const name = `DataLoader, PyTorch ${torch}, ${workers} workers, ${images.toLocaleString("en")} files`;
    return perSecond.map((images, epoch) => [`${name}, epoch ${epoch + 1}`, "", images.toLocaleString("en")]);
  } catch {
    return [["DataLoader: needs PyTorch and Pillow; set HUERISTIC_PYTHON", "", "-"]];
  }
}

type DataLoaderResult = {
  readonly torch: string;
  readonly images: number;
  readonly workers: number;
  readonly perSecond: readonly number[];
};

/** Whole epochs for about a second. */
function batchesPerSecond(prepared: PreparedDataset): string {
  const length = Math.min(batchSize, prepared.seen.length);
  const into = new Uint8Array(length * size * size * 3);
  const began = performance.now();
  let batches = 0;
  for (let epoch = 0; performance.now() - began < 1000; epoch++) {
    for (const batch of epochBatches(prepared.seen, length, 1, epoch)) {
      prepared.read(batch, into);
      batches++;
    }
  }
  return rate(batches * length, performance.now() - began);
}
