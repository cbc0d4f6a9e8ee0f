// Extracts a zip that may be hostile or damaged into an empty folder. Every entry is looked at before the first is
// written: paths, kinds, number and sizes. yauzl reads Zip64 and refuses an entry that is longer than it says; the checksum of
// each is looked at while it is written.

import { mkdir } from "node:fs/promises";
import { dirname, join } from "node:path";
import { Readable } from "node:stream";
import { crc32 } from "node:zlib";
import type { Entry, LocalFileHeader, ZipFile } from "yauzl";
import { messageOf, UserError } from "../../errors.ts";
import { formatBytes } from "../../format-bytes.ts";
import { writeStreamed } from "../../write-streamed.ts";
import { openZip } from "../../zip-directory.ts";
import { pathProblem } from "./entry-path.ts";

export type ExtractOptions = {
  /** Which files are taken; the others stay in the zip. */
  readonly takes: (path: string) => boolean;
  /** More than this, all together, is refused. */
  readonly mostBytes: number;
  /** So many entries, folders included, are refused. */
  readonly mostEntries: number;
  readonly signal: AbortSignal;
  readonly onProgress: (files: number, of: number) => void;
};

/** Entries at a time: their files are small, so that the disk is what takes the time. */
const concurrency = 4;

/** Gives the number of files. Throws UserError for a zip that is refused; then nothing or a part was extracted. */
export async function extractZip(zipPath: string, target: string, options: ExtractOptions): Promise<number> {
  const total = await inspect(zipPath, options);
  const folders = new Set<string>();
  let files = 0;
  const extract = async (zip: ZipFile, entry: Entry) => {
    const path = join(target, entry.fileName);
    if (!folders.has(dirname(path))) {
      await mkdir(dirname(path), { recursive: true });
      folders.add(dirname(path));
    }
    requireSame(await zip.readLocalFileHeaderPromise(entry), entry);
    const source = Readable.from(checked(await zip.openReadStreamPromise(entry), entry));
    // "wx": an entry that comes twice, in whatever spelling the file system takes for the same, is refused.
    await writeStreamed(path, [source], { flags: "wx", signal: options.signal });
    options.onProgress(++files, total);
  };
  await withZip(zipPath, options.signal, async (zip) => {
    const running = new Set<Promise<void>>();
    let failure: { readonly error: unknown } | null = null;
    for await (const entry of zip.eachEntry()) {
      if (failure !== null) break;
      options.signal.throwIfAborted();
      if (!isTaken(entry, options)) continue;
      const work: Promise<void> = extract(zip, entry)
        .catch((error) => {
          failure ??= { error };
        })
        .finally(() => running.delete(work));
      running.add(work);
      if (running.size >= concurrency) await Promise.race(running);
    }
    await Promise.all(running);
    if (failure !== null) throw (failure as { readonly error: unknown }).error;
  });
  return files;
}

/** The number of files to extract. */
async function inspect(zipPath: string, options: ExtractOptions): Promise<number> {
  const refuse = (why: string) => new UserError(`${zipPath}: refused: ${why}; nothing was extracted`);
  let files = 0;
  let bytes = 0;
  await withZip(zipPath, options.signal, async (zip) => {
    if (zip.entryCount > options.mostEntries)
      throw refuse(`expected at most ${options.mostEntries} entries, got ${zip.entryCount}`);
    for await (const entry of zip.eachEntry()) {
      options.signal.throwIfAborted();
      const problem = pathProblem(entry.fileName) ?? kindProblem(entry);
      if (problem !== null) throw refuse(`the entry ${JSON.stringify(entry.fileName)} ${problem}`);
      if (!isTaken(entry, options)) continue;
      files++;
      bytes += entry.uncompressedSize;
      if (bytes > options.mostBytes)
        throw refuse(`expected at most ${formatBytes(options.mostBytes)} in all, got more`);
    }
  });
  return files;
}

/**
 * yauzl believes the directory, whose damage may be that of an empty file. What is 0 in front of the entry stands behind it, or
 * is not known there; sizes beyond 4 GiB stand elsewhere.
 */
function requireSame(local: LocalFileHeader, entry: Entry): void {
  const isOther = (found: number, expected: number) =>
    found !== 0 && found !== 0xffffffff && found !== expected;
  if (isOther(local.crc32, entry.crc32) || isOther(local.compressedSize, entry.compressedSize))
    throw new Error(
      `its directory says something else of ${JSON.stringify(entry.fileName)} than the entry does`,
    );
}

/** yauzl leaves checksums to its caller. */
async function* checked(pieces: AsyncIterable<Buffer>, { fileName, crc32: expected }: Entry) {
  let found = 0;
  for await (const piece of pieces) {
    found = crc32(piece, found);
    yield piece;
  }
  if (found !== expected) throw new Error(`the checksum of ${JSON.stringify(fileName)} differs`);
}

function isTaken({ fileName }: Entry, { takes }: ExtractOptions): boolean {
  return !fileName.endsWith("/") && takes(fileName);
}

/** The upper half of the attributes is the mode of Unix; a zip made elsewhere has 0 there. */
function kindProblem(entry: Entry): string | null {
  const kind = (entry.externalFileAttributes >>> 16) & 0o170000;
  if (kind === 0o120000) return "is a symbolic link";
  if (kind !== 0 && kind !== 0o100000 && kind !== 0o040000) return "is neither a file nor a folder";
  if (entry.isEncrypted()) return "is encrypted";
  if (!entry.canDecodeFileData()) return `is packed in a way (${entry.compressionMethod}) that is not known`;
  return null;
}

/** Errors of the disk pass, all others are a fault of the zip. */
async function withZip(
  zipPath: string,
  signal: AbortSignal,
  work: (zip: ZipFile) => Promise<void>,
): Promise<void> {
  let zip: ZipFile | null = null;
  try {
    zip = await openZip(zipPath, { autoClose: false, strictFileNames: true });
    await work(zip);
  } catch (error) {
    signal.throwIfAborted();
    if (error instanceof UserError) throw error;
    const { code = "" } = error as NodeJS.ErrnoException;
    if (/^(EEXIST|ENOTDIR|EISDIR)$/.test(code))
      throw new UserError(`${zipPath}: refused: two of its entries have the same name`);
    if (/^E[A-Z]+$/.test(code)) throw error;
    // yauzl looks at the names before it hands an entry out.
    const isName = /^(absolute path|invalid relative path|invalid characters)/.test(messageOf(error));
    const fault = isName ? "refused" : "no zip that can be read";
    throw new UserError(`${zipPath}: ${fault}: ${messageOf(error)}`, { cause: error });
  } finally {
    zip?.close();
  }
}
