// Prepared images on disk: `<key>/images.rgb`, raw uint8 RGB one after the other, and `<key>/index.json`.
// Written under a temporary name and renamed, so that a folder named by its key is always whole.

import { randomUUID } from "node:crypto";
import { closeSync, openSync, readSync } from "node:fs";
import { mkdir, open, readdir, readFile, rename, rm, stat, statfs } from "node:fs/promises";
import { join } from "node:path";
import { UserError } from "../../errors.ts";
import type { Side, SkippedFile } from "../dataset.ts";
import type { Look } from "../prepare/decode.ts";
import { isLocked } from "./lock.ts";

/**
 * Part of the cache key: raise it whenever the files in the cache change their form, or the same file would give
 * another look, another reason, or pixels that fingerprints tell from those of before.
 */
export const cacheVersion = 5;

export type CacheIndex = {
  readonly version: number;
  readonly size: number;
  readonly images: readonly CachedImage[];
  readonly skipped: readonly SkippedFile[];
};

export type CachedImage = Look & {
  readonly id: string;
  readonly side: Side | null;
  /** SHA-256 of the file's bytes. */
  readonly hash: string;
};

export type Cache = {
  readonly index: CacheIndex;
  /** Reads images into `into` from byte `offset`: uint8 RGB [indices.length, size, size, 3]. */
  read(indices: ArrayLike<number>, into: Uint8Array, offset?: number): void;
  close(): void;
};

const [imagesName, indexName] = ["images.rgb", "index.json"];

export function bytesPerImage(size: number): number {
  return size * size * 3;
}

export function lockPath(cacheFolder: string, key: string): string {
  return join(cacheFolder, `${key}.lock`);
}

/** null when there is no cache under `key`, or none that is whole. */
export async function openCache(cacheFolder: string, key: string): Promise<Cache | null> {
  const folder = join(cacheFolder, key);
  let index: CacheIndex;
  try {
    index = JSON.parse(await readFile(join(folder, indexName), "utf8")) as CacheIndex;
    const found = await stat(join(folder, imagesName));
    const expected = index.images.length * bytesPerImage(index.size);
    if (index.version !== cacheVersion || found.size !== expected) return null;
  } catch {
    return null;
  }
  const length = bytesPerImage(index.size);
  const total = index.images.length;
  let file: number | null = openSync(join(folder, imagesName), "r");
  return {
    index,
    read(indices, into, offset = 0) {
      if (file === null) throw new Error("read from a data set that was closed");
      if (offset < 0 || offset + indices.length * length > into.length) {
        throw new RangeError(`${indices.length} images do not fit into ${into.length} bytes from ${offset}`);
      }
      for (let i = 0; i < indices.length; i++) {
        const image = indices[i]!;
        if (!(image >= 0 && image < total)) throw new RangeError(`image ${image} of ${total}`);
        let done = 0;
        while (done < length) {
          const got = readSync(file, into, offset + i * length + done, length - done, image * length + done);
          if (got === 0) throw new Error(`${join(folder, imagesName)} became shorter while in use`);
          done += got;
        }
      }
    },
    close() {
      if (file !== null) closeSync(file);
      file = null;
    },
  };
}

export type CacheWriter = {
  append(images: readonly Uint8Array[]): Promise<void>;
  /** Makes the cache visible under its key. */
  publish(index: CacheIndex): Promise<void>;
  /** Closes, and removes what was not published. */
  discard(): Promise<void>;
};

/**
 * Begins to write the cache of `key`, whose lock the caller holds. Throws UserError when the disk has less
 * than `expectedBytes` free, or fills up later.
 */
export async function createCache(
  cacheFolder: string,
  key: string,
  expectedBytes: number,
): Promise<CacheWriter> {
  await requireSpace(cacheFolder, expectedBytes);
  const temporary = join(cacheFolder, `${key}.tmp-${randomUUID()}`);
  const explain = async (error: unknown): Promise<never> => {
    throw (error as NodeJS.ErrnoException).code === "ENOSPC"
      ? await spaceError(cacheFolder, expectedBytes)
      : error;
  };
  await mkdir(temporary).catch(explain);
  const file = await open(join(temporary, imagesName), "wx").catch(explain);
  let isOpen = true;
  const close = async () => {
    if (isOpen) await file.close();
    isOpen = false;
  };
  return {
    async append(images) {
      await file.appendFile(Buffer.concat(images)).catch(explain);
    },
    async publish(index) {
      await file.sync().catch(explain);
      await close();
      const indexFile = await open(join(temporary, indexName), "wx").catch(explain);
      try {
        await indexFile.writeFile(JSON.stringify(index)).catch(explain);
        await indexFile.sync().catch(explain);
      } finally {
        await indexFile.close();
      }
      const folder = join(cacheFolder, key);
      await rm(folder, { recursive: true, force: true }); // one that was not whole
      await rename(temporary, folder);
    },
    async discard() {
      await close();
      await rm(temporary, { recursive: true, force: true });
    },
  };
}

/** Removes what killed processes left: temporaries whose key nobody is preparing, and those of `ownKey`. */
export async function sweepLeftovers(cacheFolder: string, ownKey: string): Promise<void> {
  for (const name of await readdir(cacheFolder)) {
    const key = /^([0-9a-f]+)\.tmp-/.exec(name)?.[1];
    if (key === undefined) continue;
    if (key === ownKey || !(await isLocked(lockPath(cacheFolder, key)))) {
      await rm(join(cacheFolder, name), { recursive: true, force: true });
    }
  }
}

async function requireSpace(cacheFolder: string, needed: number): Promise<void> {
  if (needed > (await freeBytes(cacheFolder))) throw await spaceError(cacheFolder, needed);
}

async function spaceError(cacheFolder: string, needed: number): Promise<UserError> {
  const free = await freeBytes(cacheFolder);
  return new UserError(
    `${cacheFolder}: expected ${bytes(needed)} free for prepared images, got ${bytes(free)}`,
  );
}

async function freeBytes(folder: string): Promise<number> {
  const { bavail, bsize } = await statfs(folder);
  return bavail * bsize;
}

function bytes(number: number): string {
  return `${number.toLocaleString("en-US")} bytes (${(number / 2 ** 30).toFixed(1)} GiB)`;
}
