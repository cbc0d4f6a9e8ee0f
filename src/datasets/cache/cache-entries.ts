// What lies in the cache folder: prepared images, answers of classifiers, and what killed processes left.

import { createHash } from "node:crypto";
import { readdir, rename, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import type { CacheIndex } from "./cache.ts";
import { lockPath, readIndex } from "./cache.ts";
import { type CacheUse, readUses } from "./cache-uses.ts";
import { isLocked, withLock } from "./lock.ts";

export type CacheEntry = {
  /** Name in the cache folder. */
  readonly name: string;
  readonly kind: "images" | "answers" | "leftover" | "lock";
  /** Of the prepared images that it is or belongs to. */
  readonly key: string | null;
  readonly bytes: number;
  readonly modifiedMs: number;
  readonly uses: readonly CacheUse[];
};

const patterns: readonly (readonly [CacheEntry["kind"], RegExp])[] = [
  ["images", /^([0-9a-f]{32})$/],
  ["lock", /^([0-9a-f]{32})\.lock(?:\.[0-9a-f-]+)?$/],
  ["leftover", /^([0-9a-f]+)\.tmp-/],
  ["leftover", /^\.?embedding-[0-9a-f]+\.f32\.[0-9a-f.]+\.tmp$/],
  ["answers", /^embedding-[0-9a-f]+\.f32$/],
];

/** Of what a classifier answered about the images of a data set, in its order; both are named by their fingerprints. */
export function answersFileName(dataset: string, classifier: string): string {
  const key = createHash("sha256").update(`in order ${dataset} ${classifier}`).digest("hex").slice(0, 32);
  return `embedding-${key}.f32`;
}

/** By name; what is none of ours is not listed. Empty where there is no cache folder. */
export async function listCacheEntries(cacheFolder: string): Promise<CacheEntry[]> {
  const names = await readdir(cacheFolder).catch(() => []);
  const entries: CacheEntry[] = [];
  for (const name of names.sort()) {
    const [kind, match] =
      patterns.map(([each, pattern]) => [each, pattern.exec(name)] as const).find(([, found]) => found) ?? [];
    if (kind === undefined || !match) continue;
    const found = await stat(join(cacheFolder, name)).catch(() => null);
    if (found === null) continue;
    const uses = kind === "images" ? await readUses(cacheFolder, name) : [];
    const bytes = found.isDirectory() ? await folderBytes(join(cacheFolder, name)) : found.size;
    entries.push({ name, kind, key: match[1] ?? null, bytes, modifiedMs: found.mtimeMs, uses });
  }
  return entries;
}

/** What a cache holds; null where it cannot be read. */
export async function readCacheIndex(
  cacheFolder: string,
  key: string,
): Promise<Pick<CacheIndex, "size" | "images"> | null> {
  return readIndex(join(cacheFolder, key)).catch(() => null);
}

/** Whether a living process is preparing the images that the entry is or belongs to. */
export async function isBusy(cacheFolder: string, { key }: CacheEntry): Promise<boolean> {
  return key !== null && (await isLocked(lockPath(cacheFolder, key)));
}

/**
 * Removes an entry under the lock of its images, so that nobody begins to prepare them meanwhile. A folder vanishes
 * at once, under another name, and what is read already stays readable to its reader.
 */
export async function removeEntry(cacheFolder: string, { name, key, kind }: CacheEntry): Promise<void> {
  const path = join(cacheFolder, name);
  const remove = async () => {
    if (kind === "lock" && key !== null && path === lockPath(cacheFolder, key)) return; // goes with ours
    const aside = kind === "images" ? `${path}.tmp-removed-${process.pid}` : path;
    if (aside !== path && !(await moved(path, aside))) return;
    await rm(aside, { recursive: true, force: true });
  };
  await (key === null ? remove() : withLock(lockPath(cacheFolder, key), {}, remove));
}

/** false where it is gone already. */
async function moved(from: string, to: string): Promise<boolean> {
  return rename(from, to).then(
    () => true,
    (error: NodeJS.ErrnoException) => {
      if (error.code === "ENOENT") return false;
      throw error;
    },
  );
}

async function folderBytes(folder: string): Promise<number> {
  const names = await readdir(folder, { recursive: true }).catch(() => []);
  const sizes = names.map(async (name) => {
    const found = await stat(join(folder, name)).catch(() => null);
    return found?.isFile() ? found.size : 0;
  });
  return (await Promise.all(sizes)).reduce((sum, size) => sum + size, 0);
}
