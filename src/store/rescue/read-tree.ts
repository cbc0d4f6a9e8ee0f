// The rows of one b-tree of a SQLite file, those of damaged pages left out. SQLite keeps no checksums: a page counts as
// damaged where it is none, where a cell does not fit into it, and where its keys are not between those of its parent, as
// after a write that went to the wrong place. Bits that changed within a value cannot be seen.
// Source: https://www.sqlite.org/fileformat2.html, sections 1.6 and 2.1.

import type { DatabaseFile } from "./database-file.ts";

/** Whole numbers as bigint, so that none is rounded. */
export type Value = null | bigint | number | string | Buffer;

export type Row = {
  /** null in trees of indexes and of tables WITHOUT ROWID. */
  readonly rowid: bigint | null;
  readonly values: readonly Value[];
};

export type Tree = {
  /** The first page. */
  readonly root: number;
  /** Whether rows have numbers. */
  readonly hasRowids: boolean;
  /** By how many of its first values a row without a number is found. */
  readonly keys: number;
};

export type Damage = {
  readonly pages: number;
  /** What is known to be lost: rows whose long values lead nowhere, and the mean of the whole pages for each damaged one. */
  readonly rows: number;
  /** Whether a page was lost that leads to an unknown number of others. */
  readonly more: boolean;
};

class Damaged extends Error {}

type Key = readonly Value[];

type Cell = Row & { readonly child: number | null };

const tableInterior = 5;
const tableLeaf = 13;
const indexInterior = 2;
const indexLeaf = 10;

/** Hands every row that can be read to `take`, in the order of their keys. */
export function readTree(file: DatabaseFile, tree: Tree, take: (row: Row) => void): Damage {
  const seen = new Set<number>();
  const damagedAt: number[] = [];
  let lostCells = 0;
  let leaves = 0;
  let leafRows = 0;
  let leafDepth = -1;

  const visit = (number: number, depth: number, lower: Key | null, upper: Key | null): void => {
    let page: Page;
    try {
      if (seen.has(number)) throw new Damaged();
      page = readPage(file, tree, number, lower, upper);
    } catch (thrown) {
      if (!(thrown instanceof Damaged)) throw thrown;
      damagedAt.push(depth);
      return;
    }
    seen.add(number);
    lostCells += page.lost;
    if (page.last === null) {
      leaves++;
      leafRows += page.cells.length + page.lost;
      leafDepth = depth;
      for (const cell of page.cells) take(cell);
      return;
    }
    let from = lower;
    for (const cell of page.cells) {
      const key = keyOf(cell, tree);
      visit(cell.child!, depth + 1, from, key);
      if (!tree.hasRowids) take(cell);
      from = key;
    }
    visit(page.last, depth + 1, from, upper);
  };
  visit(tree.root, 0, null, null);

  const leavesLost = damagedAt.filter((depth) => depth === leafDepth).length;
  return {
    pages: damagedAt.length,
    rows: lostCells + Math.round((leavesLost * leafRows) / Math.max(1, leaves)),
    more: leavesLost < damagedAt.length,
  };
}

type Page = {
  readonly cells: readonly Cell[];
  /** The child behind the last cell; null in leaves. */
  readonly last: number | null;
  /** Cells whose values cannot be read to their end. */
  readonly lost: number;
};

function readPage(
  file: DatabaseFile,
  tree: Tree,
  number: number,
  lower: Key | null,
  upper: Key | null,
): Page {
  const page = file.page(number);
  if (page === null) throw new Damaged();
  const start = number === 1 ? 100 : 0;
  const kind = page[start]!;
  const isInterior = kind === (tree.hasRowids ? tableInterior : indexInterior);
  if (!isInterior && kind !== (tree.hasRowids ? tableLeaf : indexLeaf)) throw new Damaged();
  const count = page.readUInt16BE(start + 3);
  const pointers = start + (isInterior ? 12 : 8);
  const content = pointers + 2 * count;
  if (content > file.usable) throw new Damaged();
  const cells: Cell[] = [];
  let lost = 0;
  let before = lower;
  for (let index = 0; index < count; index++) {
    const offset = page.readUInt16BE(pointers + 2 * index);
    if (offset < content || offset >= file.usable) throw new Damaged();
    const cell = readCell(file, tree, page.subarray(0, file.usable), offset, isInterior);
    if (cell === null) {
      // Without the key of a cell that leads on, nothing says what its child may hold.
      if (isInterior) throw new Damaged();
      lost++;
      continue;
    }
    const key = keyOf(cell, tree);
    if (before !== null && compareKeys(key, before) <= 0) throw new Damaged();
    before = key;
    cells.push(cell);
  }
  // With rowids the divider is the last one of its child; in other trees it is a row of its own.
  const beyond = before === null || before === lower || upper === null ? -1 : compareKeys(before, upper);
  if (beyond > 0 || (beyond === 0 && !tree.hasRowids)) throw new Damaged();
  return { cells, last: isInterior ? page.readUInt32BE(start + 8) : null, lost };
}

/** null where its values lead out of the page to what is none of theirs; throws where it does not fit into the page. */
function readCell(
  file: DatabaseFile,
  tree: Tree,
  page: Buffer,
  offset: number,
  isInterior: boolean,
): Cell | null {
  const cursor = { page, at: offset };
  const child = isInterior ? Number(take(cursor, 4).readUInt32BE(0)) : null;
  if (tree.hasRowids && isInterior) return { child, rowid: varint(cursor), values: [] };
  const size = Number(varint(cursor));
  const rowid = tree.hasRowids ? varint(cursor) : null;
  const here = localBytes(size, file.usable, tree.hasRowids);
  const local = take(cursor, here);
  const next = here < size ? take(cursor, 4).readUInt32BE(0) : 0;
  try {
    const payload = here < size ? Buffer.concat([local, overflow(file, next, size - here)]) : local;
    return { child, rowid, values: readRecord(payload) };
  } catch (thrown) {
    if (here < size && thrown instanceof Damaged) return null;
    throw thrown;
  }
}

/** How many bytes of a payload stand in the page of its cell. */
function localBytes(size: number, usable: number, isTable: boolean): number {
  const most = isTable ? usable - 35 : Math.floor(((usable - 12) * 64) / 255) - 23;
  if (size <= most) return size;
  const least = Math.floor(((usable - 12) * 32) / 255) - 23;
  const rest = least + ((size - least) % (usable - 4));
  return rest <= most ? rest : least;
}

function overflow(file: DatabaseFile, first: number, bytes: number): Buffer {
  const parts: Buffer[] = [];
  let left = bytes;
  for (let number = first; left > 0; ) {
    const page = file.page(number);
    if (page === null) throw new Damaged();
    parts.push(page.subarray(4, 4 + Math.min(left, file.usable - 4)));
    left -= file.usable - 4;
    number = page.readUInt32BE(0);
    if (left <= 0 && number !== 0) throw new Damaged();
  }
  return Buffer.concat(parts);
}

function readRecord(payload: Buffer): Value[] {
  const cursor = { page: payload, at: 0 };
  const header = Number(varint(cursor));
  if (header > payload.length) throw new Damaged();
  const types: number[] = [];
  while (cursor.at < header) types.push(Number(varint(cursor)));
  if (cursor.at !== header) throw new Damaged();
  const values = types.map((type) => readValue(cursor, type));
  if (cursor.at !== payload.length) throw new Damaged();
  return values;
}

const wholeBytes = [0, 1, 2, 3, 4, 6, 8];
const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

function readValue(cursor: Cursor, type: number): Value {
  if (type === 0) return null;
  if (type === 8 || type === 9) return BigInt(type - 8);
  if (type === 7) return take(cursor, 8).readDoubleBE(0);
  if (type < 7) {
    const bytes = take(cursor, wholeBytes[type]!);
    return BigInt.asIntN(8 * bytes.length, BigInt(`0x${bytes.toString("hex")}`));
  }
  if (type < 12) throw new Damaged();
  const bytes = take(cursor, Math.floor((type - 12) / 2));
  if (type % 2 === 0) return bytes;
  const text = decoded(bytes);
  // No text of ours has a zero in it; a page that was overwritten with nothing has.
  if (text === null || text.includes("\0")) throw new Damaged();
  return text;
}

/** null where it is no UTF-8. */
function decoded(bytes: Buffer): string | null {
  try {
    return utf8.decode(bytes);
  } catch {
    return null;
  }
}

type Cursor = { readonly page: Buffer; at: number };

function take(cursor: Cursor, bytes: number): Buffer {
  if (!(bytes >= 0 && cursor.at + bytes <= cursor.page.length)) throw new Damaged();
  const taken = cursor.page.subarray(cursor.at, cursor.at + bytes);
  cursor.at += bytes;
  return taken;
}

/** Up to nine bytes, seven bits of each, all eight of the last. */
function varint(cursor: Cursor): bigint {
  let value = 0n;
  for (let index = 0; index < 9; index++) {
    const byte = take(cursor, 1)[0]!;
    if (index === 8) return BigInt.asIntN(64, (value << 8n) | BigInt(byte));
    value = (value << 7n) | BigInt(byte & 0x7f);
    if (byte < 0x80) return value;
  }
  throw new Error("a varint has an end");
}

function keyOf({ rowid, values }: Row, { keys }: Tree): Key {
  return rowid === null ? values.slice(0, keys) : [rowid];
}

/** As SQLite orders them: NULL, numbers, text by its bytes, blobs. */
function compareKeys(one: Key, other: Key): number {
  for (let index = 0; index < Math.min(one.length, other.length); index++) {
    const order = compareValues(one[index]!, other[index]!);
    if (order !== 0) return order;
  }
  return one.length - other.length;
}

function compareValues(one: Value, other: Value): number {
  const byRank = rankOf(one) - rankOf(other);
  if (byRank !== 0 || one === null || other === null) return byRank;
  if (typeof one === "string" || Buffer.isBuffer(one)) return Buffer.compare(bytesOf(one), bytesOf(other));
  return one < (other as number) ? -1 : one > (other as number) ? 1 : 0;
}

const bytesOf = (value: Value) => (Buffer.isBuffer(value) ? value : Buffer.from(value as string));

function rankOf(value: Value): number {
  if (value === null) return 0;
  return typeof value === "string" ? 2 : Buffer.isBuffer(value) ? 3 : 1;
}
