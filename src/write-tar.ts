// A tar of plain files (ustar, POSIX.1-2017; sizes from 8 GiB on as GNU tar writes them), which read-tar.ts and other programs
// read.

import { type FileHandle, open } from "node:fs/promises";
import { messageOf, UserError } from "./errors.ts";

const blockBytes = 512;

export type TarFile = {
  /** Within the tar: at most 100 bytes of ASCII. */
  readonly path: string;
  /** On the disk; left out where it is gone by the time it is to be read, as a checkpoint of a run under way. */
  readonly file: string;
};

/** The bytes of a tar, piece by piece. Throws UserError for a file that cannot be read or changes meanwhile. */
export async function* writeTar(files: Iterable<TarFile>): AsyncGenerator<Uint8Array> {
  for (const { path, file } of files) {
    const opened = await openIfThere(file);
    if (opened === null) continue;
    try {
      const { size, mtimeMs } = await opened.stat();
      yield headerOf(path, size, Math.max(0, Math.floor(mtimeMs / 1000)));
      let read = 0;
      for await (const bytes of opened.createReadStream({ autoClose: false })) {
        read += bytes.length;
        if (read <= size) yield bytes;
      }
      if (read !== size) throw new UserError(`${file}: changed while it was read; try again`);
      yield new Uint8Array((blockBytes - (size % blockBytes)) % blockBytes);
    } finally {
      await opened.close();
    }
  }
  yield new Uint8Array(2 * blockBytes);
}

async function openIfThere(file: string): Promise<FileHandle | null> {
  try {
    return await open(file);
  } catch (thrown) {
    if ((thrown as NodeJS.ErrnoException).code === "ENOENT") return null;
    throw new UserError(`${file}: cannot be read: ${messageOf(thrown)}`, { cause: thrown });
  }
}

function headerOf(path: string, size: number, seconds: number): Uint8Array {
  if (!/^[\x21-\x7e]{1,100}$/.test(path)) throw new Error(`${path}: no path of a tar`);
  const header = Buffer.alloc(blockBytes);
  const number = (value: number, at: number, length: number) => {
    const digits = value.toString(8);
    if (digits.length < length) header.write(`${digits.padStart(length - 1, "0")}\0`, at, "latin1");
    else header.fill(0x80, at, at + 1).writeBigUInt64BE(BigInt(value), at + length - 8);
  };
  header.write(path, 0, "latin1");
  number(0o644, 100, 8);
  number(0, 108, 8);
  number(0, 116, 8);
  number(size, 124, 12);
  number(seconds, 136, 12);
  header.write("0", 156, "latin1");
  header.write("ustar\x0000", 257, "latin1");
  // Its own place counts as blanks.
  const sum = header.fill(0x20, 148, 156).reduce((total, byte) => total + byte, 0);
  header.write(`${sum.toString(8).padStart(6, "0")}\0 `, 148, "latin1");
  return header;
}
