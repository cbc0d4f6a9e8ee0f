// From a config to images ready for training: list, choose, decode once into a cache, split into seen and
// unseen. Which images are chosen and on which side they are depends on the files, the config and its seed
// alone; never on the image size, nor on whether the cache was there.

import { createHash, type Hash } from "node:crypto";
import { type BigIntStats, statSync } from "node:fs";
import { mkdir } from "node:fs/promises";
import { availableParallelism } from "node:os";
import { resolve } from "node:path";
import { setImmediate as breathe } from "node:timers/promises";
import { UserError } from "../errors.ts";
import type { DatasetConfig } from "../experiment/experiment.ts";
import { randomStream, shuffled } from "../random.ts";
import {
  bytesPerImage,
  type Cache,
  type CachedImage,
  cacheVersion,
  createCache,
  lockPath,
  openCache,
  sweepLeftovers,
} from "./cache.ts";
import { noteUse } from "./cache-uses.ts";
import { isGreyscale } from "./colorfulness.ts";
import type { Item, Labels, Side, SkippedFile } from "./dataset.ts";
import { datasetOf, requireLabels } from "./datasets.ts";
import { type Decoded, decodeFile, decodeVersion, lookOf, lookSize } from "./decode.ts";
import { chooseUsable } from "./greyscale.ts";
import { compareCodeUnits, count } from "./image-files.ts";
import { labelsOfImages, type PreparedLabels, prepareLabels } from "./labels.ts";
import { withLock } from "./lock.ts";
import { type NearDuplicate, nearDuplicates } from "./near-duplicates.ts";
import { quoted } from "./quoted.ts";
import { chooseSides, type Sides } from "./sides.ts";
import { unionPools, unionSides } from "./union-choice.ts";

export type PrepareOptions = {
  /** Width and height of the prepared images. */
  readonly size: number;
  /** Where caches are kept; made when it does not exist. */
  readonly cacheFolder: string;
  /** How many images of each side are needed at least. */
  readonly sampleCounts: { readonly seen: number; readonly unseen: number };
  /** What becomes of photographs without colour: dropped where left out. */
  readonly greyscale?: "drop" | "keep";
  /** Whether labels are needed: false where left out, and then no list is read for them. */
  readonly labels?: boolean;
  readonly onProgress?: (done: number, total: number) => void;
  /** Called when another process, with this pid where known, is preparing the same images. */
  readonly onWait?: (pid: number | null) => void;
  readonly signal?: AbortSignal;
};

export type PreparedDataset = {
  /**
   * SHA-256 over the bytes of all images, their sides, the size and the labels asked for: the same wherever
   * the files are.
   */
  readonly fingerprint: string;
  /** One line, such as "coco train2017: 186 seen, 20 unseen, 64x64". */
  readonly description: string;
  readonly size: number;
  /** Names of all images in the cache. */
  readonly ids: readonly string[];
  /** Indices into `ids`, in seeded order: the first few are a fair sample. */
  readonly seen: Uint32Array;
  readonly unseen: Uint32Array;
  /** What was measured on every image, in the order of `ids`. */
  readonly images: readonly CachedImage[];
  readonly nearDuplicates: readonly NearDuplicate[];
  readonly skipped: readonly SkippedFile[];
  readonly notes: readonly string[];
  /** What the images show; null unless asked for. */
  readonly labels: PreparedLabels | null;
  /** Reads images into `into` from byte `offset`: uint8 RGB [indices.length, size, size, 3]. */
  read(indices: ArrayLike<number>, into: Uint8Array, offset?: number): void;
  readonly fromCache: boolean;
  close(): void;
};

/**
 * Throws UserError when a folder or list is missing, the images have no labels to give, too few images are
 * readable or the disk is full, and the signal's reason when it is aborted, leaving nothing behind.
 */
export async function prepareDataset(
  config: DatasetConfig,
  options: PrepareOptions,
): Promise<PreparedDataset> {
  const { size, cacheFolder, signal } = options;
  const dataset = datasetOf(config);
  signal?.throwIfAborted();
  if (options.labels) requireLabels(config);
  const listing = await dataset.list(config, options.labels);
  const pools =
    config.kind === "union" ? unionPools(listing.items, config) : choosePools(listing.items, config);
  const key = await cacheKey(pools, size, signal);
  await mkdir(cacheFolder, { recursive: true });

  let cache = await openCache(cacheFolder, key);
  let fromCache = cache !== null;
  cache ??= await withLock(lockPath(cacheFolder, key), { signal, onWait: options.onWait }, async () => {
    const made = await openCache(cacheFolder, key); // by the process that held the lock before
    fromCache = made !== null;
    return made ?? (await fillCache(pools, key, options));
  });

  const { images } = cache.index;
  try {
    // A union counts what it takes of every part itself.
    const limits = config.kind === "union" ? new Map() : limitsOf(pools);
    const usable = chooseUsable(images, limits, options.greyscale ?? "drop");
    const candidates = Array.from(usable.indices, (index) => images[index]!);
    const skipped = [...cache.index.skipped, ...usable.skipped].sort(byPath);
    const skippedNotes = [...noteOnSkipped(cache.index.skipped), ...usable.notes];
    const lookedFor = dataset.lookedFor(config);
    const rule = { seed: config.seed, holdout: config.holdout, sampleCounts: options.sampleCounts };
    const sides =
      config.kind === "union"
        ? unionSides(candidates, listing.items, config, options.sampleCounts)
        : chooseSides(candidates, rule, [lookedFor, ...listing.notes, ...skippedNotes].join("; "));
    const seen = sides.seen.map((place) => usable.indices[place]!);
    const unseen = sides.unseen.map((place) => usable.indices[place]!);
    const ids = images.map(({ id }) => id);
    const pictures = { prints: images.map(({ print }) => print), size, read: cache.read };
    const near = await nearDuplicates(pictures, { seen, unseen }, signal);
    const labels = labelsOfImages(listing, ids);
    const counts = `${seen.length} seen, ${unseen.length} unseen, ${size}x${size}`;
    const fingerprint = fingerprintOf(images, { seen, unseen }, size, labels);
    await noteUse(cacheFolder, key, fingerprint);
    return {
      fingerprint,
      description: `${dataset.describe(config)}: ${counts}`,
      size,
      ids,
      seen,
      unseen,
      images,
      nearDuplicates: near,
      skipped,
      notes: [...listing.notes, ...skippedNotes, ...sides.notes, ...noteOnNear(near, ids)],
      labels: labels && prepareLabels(labels, seen),
      read: cache.read,
      fromCache,
      close: cache.close,
    };
  } catch (error) {
    cache.close();
    throw error;
  }
}

/** Images of one side: those to decode, and those that stand in for unreadable ones, in this order. */
type Pool = {
  readonly side: Side | null;
  readonly chosen: readonly Item[];
  readonly spare: readonly Item[];
};

/** `limit` counts the images of each official split, or of all where there is none. */
function choosePools(items: readonly Item[], config: DatasetConfig): Pool[] {
  const pools: Pool[] = [];
  for (const side of [null, "seen", "unseen"] satisfies (Side | null)[]) {
    const own = items.filter((item) => item.side === side);
    if (own.length === 0) continue;
    if (config.limit === null || config.limit >= own.length) {
      pools.push({ side, chosen: own, spare: [] });
      continue;
    }
    const order = shuffled(own.length, randomStream("limit", config.seed, side ?? "all"));
    const chosen = order.slice(0, config.limit).sort();
    pools.push({
      side,
      chosen: Array.from(chosen, (place) => own[place]!),
      spare: Array.from(order.subarray(config.limit), (place) => own[place]!),
    });
  }
  return pools;
}

/** From names, sizes and times of all files in question, so that a warm start reads none of them. */
async function cacheKey(
  pools: readonly Pool[],
  size: number,
  signal: AbortSignal | undefined,
): Promise<string> {
  const hash = createHash("sha256");
  hash.update(JSON.stringify({ cacheVersion, decodeVersion, size }));
  let seen = 0;
  for (const { chosen, spare } of pools) {
    hash.update(`\npool ${chosen.length} ${spare.length}`);
    for (const items of [chosen, spare]) {
      for (const item of items) {
        addToKey(hash, item);
        if (++seen % 2048 === 0) await breathe();
        signal?.throwIfAborted();
      }
    }
  }
  return hash.digest("hex").slice(0, 32);
}

function addToKey(hash: Hash, { id, side, source }: Item): void {
  if ("draw" in source) {
    hash.update(JSON.stringify([id, side, source.key]));
    return;
  }
  const { size, mtimeNs, mode } = statOf(source.path) ?? {};
  hash.update(JSON.stringify([id, side, resolve(source.path), `${size} ${mtimeNs} ${mode}`]));
}

/** null for what is gone, hidden by permissions or a link to itself: decoding says which. */
function statOf(path: string): BigIntStats | null {
  try {
    return statSync(path, { bigint: true });
  } catch {
    return null;
  }
}

/** How many images of every side are wanted. */
function limitsOf(pools: readonly Pool[]): Map<Side | null, number> {
  return new Map(pools.map(({ chosen, side }) => [side, chosen.length]));
}

/**
 * Decodes into the cache; the caller holds the lock. Others stand in for what cannot be read and, in addition, for
 * what has no colour, so that the cache serves whether that is kept or dropped.
 */
async function fillCache(pools: readonly Pool[], key: string, options: PrepareOptions): Promise<Cache> {
  const { size, cacheFolder, signal, onProgress } = options;
  const total = pools.reduce((sum, { chosen }) => sum + chosen.length, 0);
  await sweepLeftovers(cacheFolder, key);
  const writer = await createCache(cacheFolder, key, total * bytesPerImage(size));
  try {
    const images: CachedImage[] = [];
    const skipped: SkippedFile[] = [];
    // Decoded in pieces and written in the order of the listing, whichever is ready first.
    const pieceLength = Math.min(512, Math.max(16, Math.floor((64 * 2 ** 20) / bytesPerImage(size))));
    let done = 0;
    const advance = () => onProgress?.(Math.min(++done, total), total);

    for (const { chosen, spare } of pools) {
      const queue = [...chosen];
      let spareAt = 0;
      while (queue.length > 0) {
        const piece = queue.splice(0, pieceLength);
        const decoded = await decodeAll(piece, size, signal, advance);
        const pixels: Uint8Array[] = [];
        for (const [place, item] of piece.entries()) {
          const result = decoded[place]!;
          if ("pixels" in result) {
            pixels.push(result.pixels);
            images.push({ id: item.id, side: item.side, hash: result.hash, ...result.look });
          } else skipped.push({ path: item.id, reason: result.reason });
          if (!("pixels" in result) || isGreyscale(result.look.colorfulness)) {
            const next = spare[spareAt++];
            if (next !== undefined) queue.push(next);
          }
        }
        await writer.append(pixels);
      }
    }
    signal?.throwIfAborted();
    skipped.sort(byPath);
    await writer.publish({ version: cacheVersion, size, images, skipped });
  } finally {
    await writer.discard();
  }
  const cache = await openCache(cacheFolder, key);
  if (cache === null)
    throw new UserError(`${cacheFolder}: the cache just written was removed by someone else`);
  return cache;
}

/** Decodes at most as many at a time as there are cores, the thread pool's four at least. */
async function decodeAll(
  items: readonly Item[],
  size: number,
  signal: AbortSignal | undefined,
  advance: () => void,
): Promise<Decoded[]> {
  const results: Decoded[] = new Array(items.length);
  let next = 0;
  const worker = async () => {
    while (next < items.length) {
      signal?.throwIfAborted();
      const place = next++;
      const { source } = items[place]!;
      results[place] =
        "draw" in source ? await drawItem(source.draw, size) : await decodeFile(source.path, size);
      advance();
    }
  };
  const workers = Array.from({ length: Math.max(4, availableParallelism()) }, worker);
  // All must have stopped before the caller removes the temporary, hence not Promise.all alone.
  await Promise.allSettled(workers);
  await Promise.all(workers);
  return results;
}

async function drawItem(draw: (size: number) => Uint8Array, size: number): Promise<Decoded> {
  await breathe();
  const pixels = draw(size);
  const hash = createHash("sha256").update(pixels).digest("hex");
  return { pixels, hash, look: lookOf(draw(lookSize), { width: size, height: size }) };
}

function fingerprintOf(
  images: readonly CachedImage[],
  { seen, unseen }: Pick<Sides, Side>,
  size: number,
  labels: Labels | null,
): string {
  const hash = createHash("sha256").update(JSON.stringify({ decodeVersion, size }));
  for (const [name, indices] of Object.entries({ seen, unseen })) {
    hash.update(`\n${name}`);
    for (const index of indices) hash.update(`\n${images[index]!.hash}`);
  }
  if (labels !== null) {
    const width = labels.names.length;
    hash.update(`\nlabels ${JSON.stringify(labels.names)}`);
    for (const index of [...seen, ...unseen]) {
      hash.update(labels.flags.subarray(index * width, (index + 1) * width));
    }
  }
  return hash.digest("hex");
}

function noteOnNear(near: readonly NearDuplicate[], ids: readonly string[]): string[] {
  const first = near[0];
  if (first === undefined) return [];
  const example = `such as ${quoted(ids[first.unseen]!)} and ${quoted(ids[first.seen]!)}`;
  return [`${count(near.length, "unseen image")} nearly the same as seen ones, ${example}`];
}

function byPath(a: SkippedFile, b: SkippedFile): number {
  return compareCodeUnits(a.path, b.path);
}

function noteOnSkipped(skipped: readonly SkippedFile[]): string[] {
  const first = skipped[0];
  if (first === undefined) return [];
  const example = `${quoted(first.path)}: ${first.reason}`;
  return [`${count(skipped.length, "file")} skipped, ${skipped.length > 1 ? "such as " : ""}${example}`];
}
