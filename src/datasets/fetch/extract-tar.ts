// Extracts a .tar.gz that may be hostile or damaged into an empty folder. An entry that is refused ends it: what was
// written before lies in a temporary folder of the caller's.

import { createReadStream } from "node:fs";
import { mkdir } from "node:fs/promises";
import { dirname, join } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { createGunzip } from "node:zlib";
import { messageOf, UserError } from "../../errors.ts";
import { formatBytes } from "../../format-bytes.ts";
import { readTar, TarError } from "../../read-tar.ts";
import { writeStreamed } from "../../write-streamed.ts";
import { pathProblem } from "./entry-path.ts";
import type { ExtractOptions } from "./extract-zip.ts";

/** What is left in an archive, such as a page that describes it, and the headers. */
const mostBesides = 64 * 2 ** 20;

/** As extractZip; how many files there are shows only in the end. */
export async function extractTar(
  tarPath: string,
  target: string,
  { takes, mostBytes, mostEntries, signal, onProgress }: ExtractOptions,
): Promise<number> {
  const refuse = (why: string) => new UserError(`${tarPath}: refused: ${why}; nothing was extracted`);
  const packed = createReadStream(tarPath);
  const unpacked = createGunzip();
  const piped = pipeline(packed, unpacked, { signal });
  piped.catch(() => {}); // its error comes out of the reading, too
  let [files, entries, bytes, all] = [0, 0, 0, 0];
  async function* counted() {
    for await (const piece of unpacked as AsyncIterable<Buffer>) {
      all += piece.length;
      if (all > mostBytes + mostBesides) throw refuse("it holds far more than what is taken from it");
      yield piece;
    }
  }
  const pieces = counted();
  try {
    for await (const { path, size, kind, read } of readTar(pieces)) {
      signal.throwIfAborted();
      if (++entries > mostEntries) throw refuse(`expected at most ${mostEntries} entries, got more`);
      const problem = pathProblem(path) ?? (kind === "other" ? "is neither a file nor a folder" : null);
      if (problem !== null) throw refuse(`the entry ${JSON.stringify(path)} ${problem}`);
      if (kind === "folder" || !takes(path)) continue;
      bytes += size;
      if (bytes > mostBytes) throw refuse(`expected at most ${formatBytes(mostBytes)} in all, got more`);
      await mkdir(dirname(join(target, path)), { recursive: true });
      await writeStreamed(join(target, path), [Readable.from(read())], { flags: "wx", signal });
      onProgress(++files, files);
    }
    // To the last byte: the checksum stands behind it.
    while (!(await pieces.next()).done);
    return files;
  } catch (error) {
    signal.throwIfAborted();
    if (error instanceof UserError) throw error;
    const { code = "" } = error as NodeJS.ErrnoException;
    if (/^(EEXIST|ENOTDIR|EISDIR)$/.test(code)) throw refuse("two of its entries have the same name");
    if (error instanceof TarError || /^(Z_|ERR_STREAM_PREMATURE_CLOSE)/.test(code))
      throw new UserError(`${tarPath}: no .tar.gz that can be read: ${messageOf(error)}`, { cause: error });
    throw error;
  } finally {
    packed.destroy();
    unpacked.destroy();
    await piped.catch(() => {});
  }
}
