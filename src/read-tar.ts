// The entries of a tar (ustar, pax and GNU's long names; POSIX.1-2017, pax), one after the other as they stream past.
// Nothing is written here: who reads decides which paths and kinds are taken.

export type TarEntry = {
  readonly path: string;
  /** Bytes. */
  readonly size: number;
  /** Links, devices and what else there is are `other`. */
  readonly kind: "file" | "folder" | "other";
  /** The bytes of a file; to be read before the next entry is asked for, and passed over where they are not. */
  read(): AsyncGenerator<Buffer>;
};

/** What is wrong with the bytes, as the end of "not a tar that can be read: ". */
export class TarError extends Error {}

const blockBytes = 512;
/** Names and sizes that do not fit into a header; longer ones are no names. */
const mostExtended = 2 ** 16;

export async function* readTar(source: AsyncIterable<Buffer>): AsyncGenerator<TarEntry> {
  const reader = new BlockReader(source);
  /** What stands before an entry and belongs to it. */
  let extended: { readonly path?: string; readonly size?: number } = {};
  for (;;) {
    const header = await reader.take(blockBytes);
    if (header.every((byte) => byte === 0)) return;
    requireChecksum(header);
    const type = String.fromCharCode(header[156]!);
    const ownSize = numberOf(header.subarray(124, 136));
    if (type === "x" || type === "L" || type === "g" || type === "K") {
      if (ownSize > mostExtended) throw new TarError("a name in it is too long");
      const body = await reader.take(ownSize);
      await reader.take(paddingOf(ownSize));
      if (type === "x") extended = { ...extended, ...paxOf(body) };
      if (type === "L") extended = { ...extended, path: textOf(body) };
      continue;
    }
    const { path = nameOf(header), size = ownSize } = extended;
    extended = {};
    const kind = type === "0" || type === "\0" || type === "7" ? "file" : type === "5" ? "folder" : "other";
    // Of old tars, whose folders are files of a name that ends in a slash.
    const isFolder = kind === "file" && path.endsWith("/");
    let left = size;
    async function* read() {
      while (left > 0) {
        const piece = await reader.some(left);
        left -= piece.length;
        yield piece;
      }
    }
    yield { path, size, kind: isFolder ? "folder" : kind, read };
    for await (const _ of read());
    await reader.take(paddingOf(size));
  }
}

/** What fills the last block of so many bytes. */
function paddingOf(size: number): number {
  return (blockBytes - (size % blockBytes)) % blockBytes;
}

class BlockReader {
  readonly #chunks: AsyncIterator<Buffer>;
  #rest: Buffer = Buffer.alloc(0);
  constructor(source: AsyncIterable<Buffer>) {
    this.#chunks = source[Symbol.asyncIterator]();
  }
  /** At least one byte and at most so many. */
  async some(most: number): Promise<Buffer> {
    while (this.#rest.length === 0) {
      const { done, value } = await this.#chunks.next();
      if (done) throw new TarError("it ends too early");
      this.#rest = value;
    }
    const piece = this.#rest.subarray(0, most);
    this.#rest = this.#rest.subarray(piece.length);
    return piece;
  }
  async take(count: number): Promise<Buffer> {
    const pieces: Buffer[] = [];
    for (let left = count; left > 0; ) {
      const piece = await this.some(left);
      left -= piece.length;
      pieces.push(piece);
    }
    return pieces.length === 1 ? pieces[0]! : Buffer.concat(pieces);
  }
}

/** The sum of the header's bytes, with its own place as blanks. */
function requireChecksum(header: Buffer): void {
  const sum = header.reduce((total, byte, at) => total + (at >= 148 && at < 156 ? 32 : byte), 0);
  if (numberOf(header.subarray(148, 156)) !== sum) throw new TarError("a header whose checksum is wrong");
}

/** Octal digits, or with the highest bit set a binary number. */
function numberOf(field: Buffer): number {
  if ((field[0]! & 0x80) !== 0) {
    const value = field.subarray(-8).readBigUInt64BE();
    if (field[0] !== 0x80 || value > Number.MAX_SAFE_INTEGER) throw new TarError("a size that is too large");
    return Number(value);
  }
  const digits = field
    .toString("latin1")
    .replace(/[\0 ]+$/, "")
    .trimStart();
  if (!/^[0-7]*$/.test(digits)) throw new TarError("a header that is none");
  return digits === "" ? 0 : Number.parseInt(digits, 8);
}

function nameOf(header: Buffer): string {
  const name = textOf(header.subarray(0, 100));
  const isUstar = header.toString("latin1", 257, 263) === "ustar\0";
  const prefix = isUstar ? textOf(header.subarray(345, 500)) : "";
  return prefix === "" ? name : `${prefix}/${name}`;
}

const textOf = (bytes: Buffer) => bytes.toString("utf8").replace(/\0.*$/s, "");

/** Records "<length> <key>=<value>\n". */
function paxOf(body: Buffer): { path?: string; size?: number } {
  const found: { path?: string; size?: number } = {};
  for (let at = 0; at < body.length; ) {
    const blank = body.indexOf(32, at);
    const length = Number(body.toString("latin1", at, blank));
    const record = body.toString("utf8", blank + 1, at + length - 1);
    if (
      blank < 0 ||
      !Number.isInteger(length) ||
      length < 5 ||
      at + length > body.length ||
      !record.includes("=")
    )
      throw new TarError("a pax header that is none");
    const [key, value] = [record.slice(0, record.indexOf("=")), record.slice(record.indexOf("=") + 1)];
    if (key === "path") found.path = value;
    if (key === "size") {
      found.size = Number(value);
      if (!Number.isSafeInteger(found.size) || found.size < 0) throw new TarError("a size that is none");
    }
    at += length;
  }
  return found;
}
