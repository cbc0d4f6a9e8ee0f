// Archives of plain files in the ustar format (POSIX.1-1988, https://pubs.opengroup.org/onlinepubs/9699919799/utilities/pax.html),
// one after another, as `tar` writes and reads them. What is read is strangers': only what the caller expects by name is taken,
// nothing but plain files, once each, with nothing after the end. Left out on purpose: links, folders, owners, longer names.

import { createReadStream } from "node:fs";
import { open, stat } from "node:fs/promises";
import { UserError } from "../../errors.ts";

const block = 512;
/** 11 octal digits. */
const mostBytes = 8 ** 11 - 1;

export type Packed = {
  /** Within the archive: at most 100 ASCII characters. */
  readonly name: string;
  /** On the disk. */
  readonly file: string;
};

/** The bytes of an archive of files, piece by piece. Throws UserError where one cannot be read or is too large. */
export async function* tarOf(files: Iterable<Packed>): AsyncGenerator<Uint8Array> {
  for (const { name, file } of files) {
    const { size, mtimeMs } = await stat(file);
    if (size > mostBytes)
      throw new UserError(
        `${file}: larger than 8 GiB, which an archive cannot hold; copy the runs folder instead`,
      );
    yield headerOf(name, size, Math.floor(mtimeMs / 1000));
    let read = 0;
    for await (const bytes of createReadStream(file, { end: Math.max(0, size - 1) })) {
      read += bytes.length;
      yield bytes;
    }
    if (read !== size) throw new UserError(`${file}: became shorter while it was read; try again`);
    yield new Uint8Array(paddingOf(size));
  }
  yield new Uint8Array(2 * block);
}

function headerOf(name: string, size: number, seconds: number): Uint8Array {
  const header = Buffer.alloc(block);
  if (name.length > 100) throw new Error(`${name}: longer than a name in an archive may be`);
  const octal = (value: number, at: number, length: number) =>
    header.write(`${value.toString(8).padStart(length - 1, "0")}\0`, at, "latin1");
  header.write(name, 0, "latin1");
  octal(0o644, 100, 8);
  octal(0, 108, 8);
  octal(0, 116, 8);
  octal(size, 124, 12);
  octal(Math.max(0, seconds), 136, 12);
  header.write("0", 156, "latin1");
  header.write("ustar\x0000", 257, "latin1");
  header.write(`${checksumOf(header).toString(8).padStart(6, "0")}\0 `, 148, "latin1");
  return header;
}

/** Sum of the bytes of a header, its own place taken as spaces. */
function checksumOf(header: Uint8Array): number {
  return header.reduce((sum, byte, at) => sum + (at >= 148 && at < 156 ? 0x20 : byte), 0);
}

const paddingOf = (size: number) => (block - (size % block)) % block;

/**
 * Writes the files of an archive to where `placeOf` says by their names; null refuses a name. Throws UserError, told as of
 * `archive`, for anything that is not wholly as it should be: what was written until then is the caller's to remove.
 */
export async function untar(
  archive: string,
  chunks: AsyncIterable<Uint8Array>,
  placeOf: (name: string) => string | null,
): Promise<void> {
  const source = readerOf(chunks);
  const refuse = (why: string) =>
    new UserError(`${archive}: ${why}: not an archive of \`hueristic pack\`, nothing is taken from it`);
  const names = new Set<string>();
  for (;;) {
    const header = await source.take(block);
    if (header === null) throw refuse("it ends too early");
    if (header.every((byte) => byte === 0)) break;
    const { name, size, type, isWhole } = readHeader(header);
    if (!isWhole) throw refuse("a header is damaged");
    if (type !== "0" && type !== "\0") throw refuse(`${JSON.stringify(name)} is no plain file`);
    const target = placeOf(name);
    if (target === null) throw refuse(`a file named ${JSON.stringify(name)}`);
    if (names.has(name)) throw refuse(`${JSON.stringify(name)} is there twice`);
    names.add(name);
    const output = await open(target, "wx");
    try {
      for (let left = size; left > 0; ) {
        const bytes = await source.upTo(left);
        if (bytes === null) throw refuse(`${JSON.stringify(name)} is cut short`);
        left -= bytes.length;
        await output.writeFile(bytes);
      }
    } finally {
      await output.close();
    }
    const padding = await source.take(paddingOf(size));
    if (padding === null || padding.some((byte) => byte !== 0))
      throw refuse("it is damaged between two files");
  }
  for (let rest = await source.upTo(block); rest !== null; rest = await source.upTo(block))
    if (rest.some((byte) => byte !== 0)) throw refuse("something stands behind its end");
}

function readHeader(header: Buffer) {
  const text = (at: number, length: number) =>
    header.toString("latin1", at, at + length).replace(/\0.*$/s, "");
  const number = (at: number, length: number) => {
    const found = /^ *([0-7]+) *$/.exec(text(at, length));
    return found === null ? Number.NaN : Number.parseInt(found[1]!, 8);
  };
  const size = number(124, 12);
  const prefix = text(345, 155);
  const name = prefix === "" ? text(0, 100) : `${prefix}/${text(0, 100)}`;
  const isWhole = number(148, 8) === checksumOf(header) && Number.isSafeInteger(size);
  return { name, size, type: header.toString("latin1", 156, 157), isWhole };
}

/** Bytes of a stream in pieces of one's own choosing; null where it has no more. */
function readerOf(chunks: AsyncIterable<Uint8Array>) {
  const iterator = chunks[Symbol.asyncIterator]();
  let held: Buffer = Buffer.alloc(0);
  const upTo = async (most: number): Promise<Buffer | null> => {
    while (held.length === 0) {
      const next = await iterator.next();
      if (next.done) return null;
      held = Buffer.from(next.value);
    }
    const piece = held.subarray(0, most);
    held = held.subarray(piece.length);
    return piece;
  };
  return {
    /** At least one byte and at most so many. */
    upTo,
    /** Exactly so many. */
    async take(count: number): Promise<Buffer | null> {
      const pieces: Buffer[] = [];
      for (let left = count; left > 0; ) {
        const piece = await upTo(left);
        if (piece === null) return null;
        pieces.push(piece);
        left -= piece.length;
      }
      return Buffer.concat(pieces);
    },
  };
}
