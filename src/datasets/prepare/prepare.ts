// From a config to images ready for training: list, choose, decode once into a cache, split into seen and
// unseen. Which images are chosen and on which side they are depends on the files, the config and its seed
// alone; never on the image size, nor on whether the cache was there.

import { createHash } from "node:crypto";
import { mkdir } from "node:fs/promises";
import { UserError } from "../../errors.ts";
import { type CachedImage, lockPath, openCache } from "../cache/cache.ts";
import { noteUse } from "../cache/cache-uses.ts";
import { byPath, cacheKey, fillCache } from "../cache/fill-cache.ts";
import { withLock } from "../cache/lock.ts";
import type { Labels, Side, SkippedFile } from "../dataset.ts";
import { type DatasetConfig, datasetOf, labelsProblem } from "../datasets.ts";
import { type NearDuplicate, nearDuplicates } from "../inspect/near-duplicates.ts";
import { count } from "../kinds/image-files.ts";
import { quoted } from "../quoted.ts";
import { chooseUsable } from "./choose-usable.ts";
import { decodeVersion } from "./decode.ts";
import { labelsOfImages, type PreparedLabels, prepareLabels } from "./labels.ts";
import { choosePools, type Pool } from "./pools.ts";
import { chooseSides, type Sides, TooFewImages } from "./sides.ts";
import { unionPools, unionSides } from "./union-choice.ts";

export type PrepareOptions = {
  /** Width and height of the prepared images. */
  readonly size: number;
  /** Where caches are kept; made when it does not exist. */
  readonly cacheFolder: string;
  /** What messages call the data set: `dataset` where left out. */
  readonly key?: string;
  /** The fingerprint of the data set whose images these are at another size: the cache is kept as long as its own. */
  readonly usedBy?: string;
  /** What becomes of photographs without color: dropped where left out. */
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
  /** The same of the unseen images alone, whatever their order: equal where data sets differ only in what is trained on. */
  readonly unseenFingerprint: string;
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
  /** Those of `notes` that say what was left out, and why. */
  readonly leftOut: readonly string[];
  /** What the images show; null unless asked for. */
  readonly labels: PreparedLabels | null;
  /** Reads images into `into` from byte `offset`: uint8 RGB [indices.length, size, size, 3]. */
  read(indices: ArrayLike<number>, into: Uint8Array, offset?: number): void;
  readonly fromCache: boolean;
  close(): void;
};

/**
 * Throws TooFewImages (sides.ts), UserError when a folder or list is missing, the images have no labels to give or the
 * disk is full, and the signal's reason when it is aborted, leaving nothing behind.
 */
export async function prepareDataset(
  config: DatasetConfig,
  options: PrepareOptions,
): Promise<PreparedDataset> {
  const { size, cacheFolder, signal, key: name = "dataset", labels: withLabels = false } = options;
  const dataset = datasetOf(config);
  signal?.throwIfAborted();
  const problem = withLabels ? labelsProblem(config) : null;
  if (problem !== null) throw new UserError(`${name}.kind: ${problem}`);
  const listing = await dataset.list(config, { key: name, labels: withLabels });
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
    const lookedFor = dataset.lookedFor(config, name);
    const rule = { seed: config.seed, holdout: config.holdout, key: name };
    const sides = orTooFew(skipped, () =>
      config.kind === "union"
        ? unionSides(candidates, listing.items, config, rule)
        : chooseSides(candidates, rule, [lookedFor, ...listing.notes, ...skippedNotes].join("; ")),
    );
    const seen = sides.seen.map((place) => usable.indices[place]!);
    const unseen = sides.unseen.map((place) => usable.indices[place]!);
    const ids = images.map(({ id }) => id);
    const pictures = { prints: images.map(({ print }) => print), size, read: cache.read };
    const near = await nearDuplicates(pictures, { seen, unseen }, signal);
    const labels = labelsOfImages(listing, ids);
    const counts = `${seen.length} seen, ${unseen.length} unseen, ${size}x${size}`;
    const fingerprint = fingerprintOf(images, { seen, unseen }, size, labels);
    const unseenFingerprint = fingerprintOf(
      images,
      { unseen: inOrderOfHashes(images, unseen) },
      size,
      labels,
    );
    await noteUse(cacheFolder, key, options.usedBy ?? fingerprint);
    return {
      fingerprint,
      unseenFingerprint,
      description: `${dataset.describe(config)}: ${counts}`,
      size,
      ids,
      seen,
      unseen,
      images,
      nearDuplicates: near,
      skipped,
      leftOut: [...listing.notes, ...skippedNotes],
      notes: [
        ...listing.notes,
        ...skippedNotes,
        ...sides.notes,
        ...noteOnUntold(images, [...seen, ...unseen]),
        ...noteOnNear(near, ids),
      ],
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

/** SHA-256 of the files of images, `indices` of the data set. */
export function hashesOf({ images }: Pick<PreparedDataset, "images">, indices: Uint32Array): string[] {
  return Array.from(indices, (index) => images[index]!.hash);
}

function orTooFew(skipped: readonly SkippedFile[], choose: () => Sides): Sides {
  try {
    return choose();
  } catch (error) {
    if (error instanceof TooFewImages) error.skipped = skipped;
    throw error;
  }
}

/** How many images of every side are wanted. */
function limitsOf(pools: readonly Pool[]): Map<Side | null, number> {
  return new Map(pools.map(({ chosen, side }) => [side, chosen.length]));
}

function fingerprintOf(
  images: readonly CachedImage[],
  sides: Partial<Pick<Sides, Side>>,
  size: number,
  labels: Labels | null,
): string {
  const hash = createHash("sha256").update(JSON.stringify({ decodeVersion, size }));
  for (const [name, indices] of Object.entries(sides)) {
    hash.update(`\n${name}`);
    // Read as numbers since decodeFile learnt to: before, the same bytes gave other pixels.
    for (const index of indices) {
      hash.update(`\n${images[index]!.hash}${images[index]!.asNumbers ? " as numbers" : ""}`);
    }
  }
  if (labels !== null) {
    const width = labels.names.length;
    hash.update(`\nlabels ${JSON.stringify(labels.names)}`);
    for (const index of Object.values(sides).flatMap((indices) => [...indices])) {
      hash.update(labels.flags.subarray(index * width, (index + 1) * width));
    }
  }
  return hash.digest("hex");
}

/** The order of a data set hangs on how many images it has. */
function inOrderOfHashes(images: readonly CachedImage[], indices: Uint32Array): Uint32Array {
  return indices.toSorted((a, b) => (images[a]!.hash < images[b]!.hash ? -1 : 1));
}

function noteOnUntold(images: readonly CachedImage[], used: readonly number[]): string[] {
  const untold = used.map((index) => images[index]!).filter((image) => image.untold !== null);
  const first = untold[0];
  if (first === undefined) return [];
  const example = `${untold.length > 1 ? "such as " : ""}${quoted(first.id)}: ${first.untold}`;
  return [`${count(untold.length, "image")} whose colors nobody can tell for certain, ${example}`];
}

function noteOnNear(near: readonly NearDuplicate[], ids: readonly string[]): string[] {
  const first = near[0];
  if (first === undefined) return [];
  const example = `such as ${quoted(ids[first.unseen]!)} and ${quoted(ids[first.seen]!)}`;
  return [`${count(near.length, "unseen image")} nearly the same as seen ones, ${example}`];
}

function noteOnSkipped(skipped: readonly SkippedFile[]): string[] {
  const first = skipped[0];
  if (first === undefined) return [];
  const example = `${quoted(first.path)}: ${first.reason}`;
  return [`${count(skipped.length, "file")} skipped, ${skipped.length > 1 ? "such as " : ""}${example}`];
}
