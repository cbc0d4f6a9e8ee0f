// Prepared images on disk: `<key>/images.rgb`, raw uint8 RGB one after the other, and `<key>/index.json`.
// Written under a temporary name and renamed, so that a folder named by its key is always whole. Disks and copies
// damage files all the same: the index and every image carry a CRC-32, which every read checks (some 10 µs for 64x64).

import { randomUUID } from "node:crypto";
import { closeSync, openSync, readSync, rmSync } from "node:fs";
import { mkdir, open, readdir, readFile, rename, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { crc32 } from "node:zlib";
import { UserError } from "../../errors.ts";
import { freeBytes } from "../../free-bytes.ts";
import { formatCount } from "../../runs/format/numbers.ts";
import type { Side, SkippedFile } from "../dataset.ts";
import type { Look } from "../prepare/decode.ts";
import { quoted } from "../quoted.ts";
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
  /** CRC-32 of the prepared pixels. */
  readonly checksum: number;
};

export type Cache = {
  readonly index: CacheIndex;
  /**
   * Reads images into `into` from byte `offset`: uint8 RGB [indices.length, size, size, 3]. Throws UserError where one is
   * damaged, and makes the cache one that is not whole, so that it is prepared anew.
   */
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
    index = await readIndex(folder);
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
        const start = offset + i * length;
        if (crc32(into.subarray(start, start + length)) !== index.images[image]!.checksum)
          throw damaged(folder, index.images[image]!.id);
      }
    },
    close() {
      if (file !== null) closeSync(file);
      file = null;
    },
  };
}

/** Throws where it is not there, or not as it was written. */
export async function readIndex(folder: string): Promise<CacheIndex> {
  const text = await readFile(join(folder, indexName), "utf8");
  const json = text.slice(text.indexOf("\n") + 1);
  if (text !== checked(json)) throw new Error(`${folder}: its index is damaged`);
  return JSON.parse(json) as CacheIndex;
}

function indexText(index: CacheIndex): string {
  return checked(JSON.stringify(index));
}

function checked(json: string): string {
  return `${crc32(json)}\n${json}`;
}

function damaged(folder: string, id: string): UserError {
  try {
    rmSync(join(folder, indexName), { force: true });
  } catch {
    return new UserError(
      `${folder}: the prepared image of ${quoted(id)} is damaged on disk; remove this folder`,
    );
  }
  const anew = "the images are prepared anew when this is called again; a run goes on with --resume";
  return new UserError(`${folder}: the prepared image of ${quoted(id)} was damaged on disk; ${anew}`);
}

export type CacheWriter = {
  append(images: readonly Uint8Array[]): Promise<void>;
  /**
   * Makes the cache visible under its key. Throws UserError where what was written has been removed meanwhile, as another
   * process does once this one has stood still for so long that it counts as dead.
   */
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
      const indexFile = await open(join(temporary, indexName), "wx").catch((error: NodeJS.ErrnoException) => {
        if (error.code !== "ENOENT") return explain(error);
        throw new UserError(
          `${cacheFolder}: this process stood still while it prepared images, and another one removed what it had written; try again`,
          { cause: error },
        );
      });
      try {
        await indexFile.writeFile(indexText(index)).catch(explain);
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
    { cause: Object.assign(new Error("no space left"), { code: "ENOSPC" }) },
  );
}

function bytes(number: number): string {
  return `${formatCount(number)} bytes (${(number / 2 ** 30).toFixed(1)} GiB)`;
}
