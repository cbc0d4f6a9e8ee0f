// One run, or a few, as one file: a runs folder of them alone, in a tar archive.

import { createReadStream, existsSync, mkdirSync, rmSync } from "node:fs";
import path from "node:path";
import { PassThrough, Readable, type Transform } from "node:stream";
import { pipeline } from "node:stream/promises";
import zlib from "node:zlib";
import { messageOf, UserError } from "../../errors.ts";
import { readTar } from "../../read-tar.ts";
import { makeScratchFolder } from "../../scratch-folder.ts";
import { openMerger } from "../../store/merge/merger.ts";
import { databasePath } from "../../store/open-database.ts";
import { makeWhole } from "../../whole-file.ts";
import { writeStreamed } from "../../write-streamed.ts";
import { type TarFile, writeTar } from "../../write-tar.ts";
import { checkpointFiles, checkpointFolder } from "../checkpoints.ts";

const endings = [".tar", ".tar.gz", ".tgz", ".tar.zst"] as const;

export function isArchive(file: string): boolean {
  return endings.some((ending) => file.toLowerCase().endsWith(ending));
}

/** Packs runs of the store in `runsFolder` with their checkpoints. Throws UserError where the file cannot be written. */
export async function packRuns(runsFolder: string, runIds: readonly string[], file: string): Promise<void> {
  if (!isArchive(file)) throw new UserError(`${file}: expected a name that ends in ${endings.join(", ")}`);
  const compress = compressionOf(file)?.compress() ?? null;
  await withTemporaryFolder(async (folder) => {
    // Before the rows are read, which then reach as far as every checkpoint.
    const checkpoints = runIds.flatMap((id) =>
      checkpointFiles(checkpointFolder(runsFolder, id)).map(
        (found): TarFile => ({ path: `${id}/checkpoints/${path.basename(found)}`, file: found }),
      ),
    );
    const merger = openMerger(folder);
    try {
      merger.merge(databasePath(runsFolder), { only: runIds });
      merger.database.pragma("journal_mode = DELETE");
    } finally {
      merger.close();
    }
    const packed = writeTar([{ path: "runs.db", file: databasePath(folder) }, ...checkpoints]);
    await makeWhole(file, async (temporary) => {
      const steps = [Readable.from(packed), ...(compress === null ? [] : [compress])];
      await writeStreamed(temporary, steps, { flags: "w" });
    });
  });
}

/** Unpacks into a temporary folder, which `use` gets as a runs folder. Throws UserError for whatever `packRuns` did not make. */
export async function withUnpacked<T>(file: string, use: (runsFolder: string) => Promise<T> | T): Promise<T> {
  const decompress = compressionOf(file)?.decompress() ?? new PassThrough();
  return withTemporaryFolder(async (folder) => {
    try {
      await pipeline(createReadStream(file), decompress, (unpacked) => unpack(file, unpacked, folder));
    } catch (thrown) {
      if (thrown instanceof UserError) throw thrown;
      throw new UserError(`${file}: cannot be unpacked: ${messageOf(thrown)}`, { cause: thrown });
    }
    return use(folder);
  });
}

/** Takes the files of a runs folder by their names, and nothing else is in it. */
async function unpack(file: string, unpacked: AsyncIterable<Buffer>, folder: string): Promise<void> {
  const chunks = unpacked[Symbol.asyncIterator]();
  for await (const { path: name, kind, read } of readTar({ [Symbol.asyncIterator]: () => chunks })) {
    const target = kind === "file" ? placeOf(name, folder) : null;
    if (target === null || existsSync(target))
      throw new UserError(
        `${file}: ${JSON.stringify(name)}: not in an archive of \`hueristic pack\`; nothing was taken from it`,
      );
    mkdirSync(path.dirname(target), { recursive: true });
    await writeStreamed(target, [Readable.from(read())], { flags: "wx" });
  }
  // To the last byte: the checksum stands behind it.
  while (!(await chunks.next()).done);
}

function placeOf(name: string, folder: string): string | null {
  if (name === "runs.db") return databasePath(folder);
  const [, id, checkpoint] = /^(\w+)\/checkpoints\/(step-\d+\.safetensors)$/.exec(name) ?? [];
  return id === undefined ? null : path.join(checkpointFolder(folder, id), checkpoint!);
}

type Compression = { compress(): Transform; decompress(): Transform };

/** null for a plain archive. Throws UserError where this Node has no Zstandard. */
function compressionOf(file: string): Compression | null {
  if (/gz$/i.test(file)) return { compress: zlib.createGzip, decompress: zlib.createGunzip };
  if (!/zst$/i.test(file)) return null;
  const { createZstdCompress, createZstdDecompress } = zlib as typeof zlib & {
    createZstdCompress?: () => Transform;
    createZstdDecompress?: () => Transform;
  };
  if (createZstdCompress === undefined || createZstdDecompress === undefined)
    throw new UserError(
      `${file}: Zstandard is in Node from 22.15 on, and this is ${process.version}; use .tar.gz`,
    );
  return { compress: createZstdCompress, decompress: createZstdDecompress };
}

async function withTemporaryFolder<T>(use: (folder: string) => Promise<T>): Promise<T> {
  const folder = makeScratchFolder();
  try {
    return await use(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
