// Decodes the files in question into a cache, whose key changes whenever one of them does.

import { createHash, type Hash } from "node:crypto";
import { type BigIntStats, statSync } from "node:fs";
import { resolve } from "node:path";
import { setImmediate as breathe } from "node:timers/promises";
import { crc32 } from "node:zlib";
import { UserError } from "../../errors.ts";
import type { Item, SkippedFile, Source } from "../dataset.ts";
import { isGreyscale } from "../inspect/is-greyscale.ts";
import { compareCodeUnits } from "../kinds/image-files.ts";
import { type Decoded, decodeVersion, lookOf, lookSize } from "../prepare/decode.ts";
import { decodePlanes } from "../prepare/decode-planes.ts";
import { type Decoders, openDecoders } from "../prepare/decoders.ts";
import type { Pool } from "../prepare/pools.ts";
import {
  bytesPerImage,
  type Cache,
  type CachedImage,
  cacheVersion,
  createCache,
  openCache,
  sweepLeftovers,
} from "./cache.ts";

export type FillOptions = {
  readonly size: number;
  readonly cacheFolder: string;
  readonly onProgress?: ((done: number, total: number) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
};

/**
 * From names, sizes and times of all files in question, so that a warm start reads none of them. Copies may keep size and
 * time of change (rsync -t, touch -r); ctime nobody can set, so that it tells whatever was written.
 */
export async function cacheKey(
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
  const { size, mtimeNs, ctimeNs, mode } = statOf(source.path) ?? {};
  const place = source.planes === undefined ? [] : [source.planes.at];
  hash.update(
    JSON.stringify([id, side, resolve(source.path), `${size} ${mtimeNs} ${ctimeNs} ${mode}`, ...place]),
  );
}

/** null for what is gone, hidden by permissions or a link to itself: decoding says which. */
function statOf(path: string): BigIntStats | null {
  try {
    return statSync(path, { bigint: true });
  } catch {
    return null;
  }
}

/**
 * Decodes into the cache; the caller holds the lock. Others stand in for what cannot be read and, in addition, for
 * what has no color, so that the cache serves whether that is kept or dropped.
 */
export async function fillCache(pools: readonly Pool[], key: string, options: FillOptions): Promise<Cache> {
  const { size, cacheFolder, signal, onProgress } = options;
  const total = pools.reduce((sum, { chosen }) => sum + chosen.length, 0);
  await sweepLeftovers(cacheFolder, key);
  const writer = await createCache(cacheFolder, key, total * bytesPerImage(size));
  const decoders = openDecoders(countFiles(pools), size);
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
        const decoded = await decodeAll(piece, size, decoders, signal, advance);
        const pixels: Uint8Array[] = [];
        for (const [place, item] of piece.entries()) {
          const result = decoded[place]!;
          if ("pixels" in result) {
            pixels.push(result.pixels);
            images.push({
              id: item.id,
              side: item.side,
              hash: result.hash,
              checksum: crc32(result.pixels),
              ...result.look,
            });
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
    decoders.close();
    await writer.discard();
  }
  const cache = await openCache(cacheFolder, key);
  if (cache === null)
    throw new UserError(`${cacheFolder}: the cache just written was removed by someone else`);
  return cache;
}

/** How many of the images wanted are files of their own. */
function countFiles(pools: readonly Pool[]): number {
  const isFile = ({ source }: Item) => "path" in source && source.planes === undefined;
  return pools.reduce((sum, { chosen }) => sum + chosen.filter(isFile).length, 0);
}

async function decodeAll(
  items: readonly Item[],
  size: number,
  decoders: Decoders,
  signal: AbortSignal | undefined,
  advance: () => void,
): Promise<Decoded[]> {
  const results: Decoded[] = new Array(items.length);
  let next = 0;
  const worker = async (_: unknown, worker: number) => {
    while (next < items.length) {
      signal?.throwIfAborted();
      const place = next++;
      const { source } = items[place]!;
      results[place] = await decodeItem(source, size, (path) => decoders.decode(path, worker));
      advance();
    }
  };
  const workers = Array.from({ length: decoders.places }, worker);
  // All must have stopped before the caller removes the temporary, hence not Promise.all alone.
  await Promise.allSettled(workers);
  await Promise.all(workers);
  return results;
}

function decodeItem(
  source: Source,
  size: number,
  decode: (path: string) => Promise<Decoded>,
): Promise<Decoded> {
  if ("draw" in source) return drawItem(source.draw, size);
  return source.planes === undefined ? decode(source.path) : decodePlanes(source.path, source.planes, size);
}

async function drawItem(draw: (size: number) => Uint8Array, size: number): Promise<Decoded> {
  await breathe();
  const pixels = draw(size);
  const hash = createHash("sha256").update(pixels).digest("hex");
  return { pixels, hash, look: lookOf(draw(lookSize), { width: size, height: size }).look };
}

export function byPath(a: SkippedFile, b: SkippedFile): number {
  return compareCodeUnits(a.path, b.path);
}
