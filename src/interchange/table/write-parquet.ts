// The long table as Apache Parquet (parquet.thrift, format version 1): plain values without compression, no statistics, one page
// a column in row groups of so many rows. Texts come in full in every row: zip or rewrite the file where its size matters.

import { type LongRow, longColumns } from "./long-table.ts";
import { encodeStruct, type ThriftStruct, type ThriftValue } from "./thrift.ts";

type Column = {
  readonly type: number;
  /** The row's value as Parquet's PLAIN encoding has it. */
  encode(row: LongRow): Buffer;
  readonly isText: boolean;
};

const int64 = (value: number): Buffer => {
  const bytes = Buffer.allocUnsafe(8);
  bytes.writeBigInt64LE(BigInt(value));
  return bytes;
};

const double = (value: number): Buffer => {
  const bytes = Buffer.allocUnsafe(8);
  bytes.writeDoubleLE(value);
  return bytes;
};

/** The length in four bytes, then UTF-8; rows that follow each other mostly have the same. */
function textEncoder(): (text: string) => Buffer {
  let last = { text: "", bytes: Buffer.alloc(4) };
  return (text) => {
    if (text === last.text) return last.bytes;
    const written = Buffer.from(text);
    const length = Buffer.allocUnsafe(4);
    length.writeUInt32LE(written.length);
    last = { text, bytes: Buffer.concat([length, written]) };
    return last.bytes;
  };
}

function columnOf(name: (typeof longColumns)[number]): Column {
  if (name === "run" || name === "run_name" || name === "series") {
    const encode = textEncoder();
    return { type: 6, isText: true, encode: (row) => encode(row[name]) };
  }
  if (name === "step") return { type: 2, isText: false, encode: (row) => int64(row.step) };
  return { type: 5, isText: false, encode: (row) => double(row[name]) };
}

const magic = Buffer.from("PAR1");
const usualRowsPerGroup = 100_000;
const i32 = (value: number) => ({ i32: value });
const i64 = (value: number) => ({ i64: value });
const text = (value: string) => ({ text: value });

export function* parquetPieces(
  rows: Iterable<LongRow>,
  rowsPerGroup = usualRowsPerGroup,
): Generator<Uint8Array> {
  const columns = longColumns.map((name) => ({ name, ...columnOf(name) }));
  const groups: ThriftValue[] = [];
  let written = magic.length;
  let total = 0;
  yield magic;
  for (const group of grouped(rows, rowsPerGroup)) {
    const chunks: ThriftValue[] = [];
    let groupBytes = 0;
    for (const { name, type, encode } of columns) {
      const values = Buffer.concat(group.map(encode));
      const page = Buffer.concat([pageHeader(values.length, group.length), values]);
      chunks.push({
        struct: columnChunk({ name, type, count: group.length, offset: written, bytes: page.length }),
      });
      yield page;
      written += page.length;
      groupBytes += page.length;
    }
    groups.push({ struct: { 1: { list: chunks }, 2: i64(groupBytes), 3: i64(group.length) } });
    total += group.length;
  }
  const root: ThriftStruct = { 4: text("rows"), 5: i32(columns.length) };
  const leaves = columns.map(({ name, type, isText }): ThriftStruct => {
    const plain = { 1: i32(type), 3: i32(0), 4: text(name) };
    return isText ? { ...plain, 6: i32(0), 10: { struct: { 1: { struct: {} } } } } : plain;
  });
  const footer = encodeStruct({
    1: i32(1),
    2: { list: [root, ...leaves].map((struct) => ({ struct })) },
    3: i64(total),
    4: { list: groups },
    6: text("hueristic"),
  });
  const length = Buffer.allocUnsafe(4);
  length.writeUInt32LE(footer.length);
  yield Buffer.concat([footer, length, magic]);
}

/** A data page of required, plain values. */
function pageHeader(bytes: number, count: number): Buffer {
  const rle = 3; // of levels, of which required columns have none
  const data: ThriftStruct = { 1: i32(count), 2: i32(0), 3: i32(rle), 4: i32(rle) };
  return encodeStruct({ 1: i32(0), 2: i32(bytes), 3: i32(bytes), 5: { struct: data } });
}

type Chunk = {
  readonly name: string;
  readonly type: number;
  readonly count: number;
  /** Of the page in the file. */
  readonly offset: number;
  readonly bytes: number;
};

function columnChunk({ name, type, count, offset, bytes }: Chunk): ThriftStruct {
  const about: ThriftStruct = {
    1: i32(type),
    2: { list: [i32(0)] },
    3: { list: [text(name)] },
    4: i32(0),
    5: i64(count),
    6: i64(bytes),
    7: i64(bytes),
    9: i64(offset),
  };
  return { 2: i64(offset), 3: { struct: about } };
}

/** At least one group, since readers want one; none is empty but that of no rows. */
function* grouped(rows: Iterable<LongRow>, size: number): Generator<LongRow[]> {
  let group: LongRow[] = [];
  for (const row of rows) {
    if (group.length === size) {
      yield group;
      group = [];
    }
    group.push(row);
  }
  yield group;
}
