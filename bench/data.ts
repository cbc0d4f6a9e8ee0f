// What data cost: preparing a folder of images cold and warm, and reading batches from the cache.
// Next to it PyTorch's DataLoader over the same files, where HUERISTIC_PYTHON has PyTorch and Pillow.
// The folder: HUERISTIC_BENCH_DATA, or ../shared/data beside the repository, or drawn scenes.

import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { availableParallelism, tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { epochBatches } from "../src/datasets/batches.ts";
import { type PreparedDataset, prepareDataset } from "../src/datasets/prepare.ts";
import type { DatasetConfig } from "../src/experiment/experiment.ts";

const size = 64;
const batchSize = 64;

export async function benchData(): Promise<void> {
  console.log(`data at ${size}x${size}, batches of ${batchSize}`);
  for (const config of configs()) {
    const cacheFolder = mkdtempSync(join(tmpdir(), "hueristic-bench-"));
    try {
      (await measure(config, cacheFolder, "cold")).close();
      const prepared = await measure(config, cacheFolder, "warm");
      readBatches(prepared);
      prepared.close();
      if (config.kind !== "synthetic") measureDataLoader(foldersOf(config));
    } finally {
      rmSync(cacheFolder, { recursive: true, force: true });
    }
  }
}

function configs(): DatasetConfig[] {
  const common = { limit: null, holdout: 0.1, seed: 1 } as const;
  const chosen = process.env.HUERISTIC_BENCH_DATA;
  if (chosen !== undefined) return [{ ...common, kind: "folder", root: chosen }];
  const shared = fileURLToPath(new URL("../../shared/data", import.meta.url));
  const configs: DatasetConfig[] = [{ ...common, kind: "synthetic", count: 640 }];
  if (existsSync(shared)) {
    const coco = { split: "train2017", unseenSplit: "val2017", categories: null };
    const celeba = { split: "train", unseenSplit: null, attributes: {} } as const;
    configs.push({ ...common, kind: "coco", root: join(shared, "coco"), ...coco });
    configs.push({ ...common, kind: "celeba", root: join(shared, "celeba"), ...celeba });
  } else console.log(`no ${shared}: drawn scenes only`);
  return configs;
}

async function measure(config: DatasetConfig, cacheFolder: string, name: string): Promise<PreparedDataset> {
  const began = performance.now();
  const prepared = await prepareDataset(config, { size, cacheFolder, sampleCounts: { seen: 8, unseen: 8 } });
  const ms = performance.now() - began;
  const rate = Math.round((prepared.ids.length / ms) * 1000);
  if (name === "cold") console.log(prepared.description);
  console.log(`  ${name}: ${Math.round(ms)} ms, ${rate} images/s`);
  return prepared;
}

function foldersOf(config: DatasetConfig): string[] {
  if (config.kind === "coco")
    return [config.split, config.unseenSplit].flatMap((split) => (split ? [join(config.root, split)] : []));
  return "root" in config ? [config.root] : [];
}

/** Two epochs, each of which decodes every file, in as many workers as there are cores. */
function measureDataLoader(folders: readonly string[]): void {
  const script = fileURLToPath(new URL("peers/dataloader.py", import.meta.url));
  const numbers = { size, batch: batchSize, workers: availableParallelism() };
  const args = Object.entries(numbers).flatMap(([name, value]) => [`--${name}`, String(value)]);
  try {
    const python = process.env.HUERISTIC_PYTHON ?? "python3";
    const output = execFileSync(python, [script, ...folders, ...args], {
      encoding: "utf8",
      stdio: ["ignore", "pipe", "ignore"],
    });
    const { torch, images, workers, perSecond } = JSON.parse(output);
    console.log(
      `  DataLoader (PyTorch ${torch}, ${workers} workers, ${images} files): ${perSecond.join(" and ")} images/s`,
    );
  } catch {
    console.log("  DataLoader: needs PyTorch and Pillow; set HUERISTIC_PYTHON");
  }
}

/** Whole epochs for about a second. */
function readBatches(prepared: PreparedDataset): void {
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
  const perSecond = Math.round(batches / ((performance.now() - began) / 1000));
  console.log(`  read: ${perSecond} batches/s of ${length}, ${perSecond * length} images/s`);
}
