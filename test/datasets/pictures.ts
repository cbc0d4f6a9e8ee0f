// What the tests of data sets share: temporary folders, small pictures and short ways to prepare them.

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import type { TestContext } from "node:test";
import sharp, { type Sharp } from "sharp";
import type { DatasetConfig } from "../../src/datasets/datasets.ts";
import type { CelebaConfig } from "../../src/datasets/kinds/celeba.ts";
import type { CocoConfig } from "../../src/datasets/kinds/coco.ts";
import type { FolderConfig } from "../../src/datasets/kinds/folder.ts";
import {
  type PreparedDataset,
  type PrepareOptions,
  prepareDataset,
} from "../../src/datasets/prepare/prepare.ts";

export type Color = { readonly r: number; readonly g: number; readonly b: number };

export function temporaryFolder(t: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), "hueristic-data-"));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

export function write(path: string, content: string | Uint8Array): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, content);
}

/** A color that no other index below 4096 has, far enough apart to survive a PNG. */
export function colorOf(index: number): Color {
  return {
    r: 255 - (index % 16) * 16,
    g: (Math.floor(index / 16) % 16) * 16,
    b: (Math.floor(index / 256) % 16) * 16,
  };
}

export function plain(color: Color, width = 12, height = 10): Sharp {
  return sharp({ create: { width, height, channels: 3, background: color } });
}

/** `count` pictures of different colors, from the one of index `from` on, named 000.png, 001.png, …. */
export async function writePictures(folder: string, count: number, from = 0): Promise<void> {
  await Promise.all(
    Array.from({ length: count }, async (_, index) => {
      write(
        join(folder, `${String(index).padStart(3, "0")}.png`),
        await plain(colorOf(from + index))
          .png()
          .toBuffer(),
      );
    }),
  );
}

const common = { limit: null, holdout: 0.2, seed: 1, greyscale: "keep" } as const;

export function folderConfig(root: string, change: Partial<FolderConfig> = {}): FolderConfig {
  return { kind: "folder", ...common, root, include: [], exclude: [], split: null, labels: null, ...change };
}

export function cocoConfig(root: string, change: Partial<CocoConfig> = {}): CocoConfig {
  return {
    kind: "coco",
    ...common,
    root,
    split: "train2017",
    unseen_split: null,
    categories: null,
    min_area: 0,
    iscrowd: "include",
    unannotated: null,
    ...change,
  };
}

export function celebaConfig(root: string, change: Partial<CelebaConfig> = {}): CelebaConfig {
  return { kind: "celeba", ...common, root, split: "train", unseen_split: null, attributes: {}, ...change };
}

/** Prepares at 8x8 and closes after the test. */
export async function prepare(
  t: TestContext,
  config: DatasetConfig,
  cacheFolder: string,
  change: Partial<PrepareOptions> = {},
): Promise<PreparedDataset> {
  const prepared = await prepareDataset(config, { size: 8, cacheFolder, ...change });
  t.after(() => prepared.close());
  return prepared;
}

export function pixelsOf(prepared: PreparedDataset, indices: ArrayLike<number>): Uint8Array {
  const pixels = new Uint8Array(indices.length * prepared.size ** 2 * 3);
  prepared.read(indices, pixels);
  return pixels;
}

export function namesOf(prepared: PreparedDataset, indices: Uint32Array): string[] {
  return Array.from(indices, (index) => prepared.ids[index]!);
}
