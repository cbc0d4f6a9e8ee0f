// The safetensors file format (huggingface/safetensors): an 8-byte length, a JSON header, the numbers.
// Only float32 tensors are written, and read as a state, which holds nothing else; other programs' files may have other
// numbers (openWeights). By hand, as it has to agree with that format to the byte; a checksum of its own stands in the
// metadata, and files of other programs are read without one.

import { createHash } from "node:crypto";
import { closeSync, fstatSync, openSync, readSync, writeSync } from "node:fs";
import { UserError } from "../errors.ts";
import { escapedLine } from "../escaped.ts";
import { type State, type StateTensor, sizeOf } from "../training-step.ts";
import {
  bytesOfNumber,
  floatsOf,
  type NumberFormat,
  type WeightFile,
  type WeightTensor,
} from "./weight-files/weight-tensor.ts";

export type TensorFile = {
  readonly tensors: State;
  readonly metadata: Readonly<Record<string, string>>;
};

type Entry = {
  readonly dtype: NumberFormat;
  readonly shape: readonly number[];
  readonly data_offsets: readonly [number, number];
};

const longestHeader = 100e6;

/** Writes tensors and texts to an open file, in the order of the tensors' names. */
export function writeTensors(file: number, { tensors, metadata }: TensorFile): void {
  const names = Object.keys(tensors).sort();
  const entries: Record<string, Entry> = {};
  let offset = 0;
  for (const name of names) {
    const { shape, data } = tensors[name]!;
    entries[name] = { dtype: "F32", shape, data_offsets: [offset, offset + data.byteLength] };
    offset += data.byteLength;
  }
  const sha256 = checksumOf({ tensors, metadata }, entries);
  const text = JSON.stringify({ __metadata__: { ...metadata, sha256 }, ...entries });
  const padded = Buffer.from(text + " ".repeat((8 - (Buffer.byteLength(text) % 8)) % 8));
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(padded.length));
  writeAll(file, length);
  writeAll(file, padded);
  for (const name of names) {
    writeAll(file, bytesOf(tensors[name]!));
  }
}

/** Of texts, shapes, places and numbers: of all that is written. */
function checksumOf({ tensors, metadata }: TensorFile, entries: Readonly<Record<string, Entry>>): string {
  const hash = createHash("sha256").update(JSON.stringify([metadata, entries]));
  for (const name of Object.keys(entries)) hash.update(bytesOf(tensors[name]!));
  return hash.digest("hex");
}

function bytesOf({ data }: StateTensor): Uint8Array {
  return new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
}

function writeAll(file: number, bytes: Uint8Array): void {
  for (let written = 0; written < bytes.length; ) written += writeSync(file, bytes, written);
}

/** Throws UserError when the file is not whole or not of this format. */
export function readTensors(path: string): TensorFile {
  const file = openSync(path, "r");
  try {
    const { texts, entries, numbers, broken } = readHeader(file, path);
    const tensors: Record<string, StateTensor> = {};
    for (const [name, { dtype, shape, data_offsets: offsets }] of Object.entries(entries)) {
      if (dtype !== "F32") throw broken(`tensor ${name} is ${dtype}, expected F32`);
      const bytes = readAt(file, numbers + offsets[0], offsets[1] - offsets[0]);
      tensors[name] = { shape, data: new Float32Array(bytes.buffer, bytes.byteOffset, sizeOf(shape)) };
    }
    const { sha256, ...metadata } = texts;
    if (sha256 !== undefined && sha256 !== checksumOf({ tensors, metadata }, entries))
      throw broken("its checksum differs: it was damaged after it was written");
    return { tensors, metadata };
  } finally {
    closeSync(file);
  }
}

/** Of any program's file, numbers of any format. Throws UserError when it is not whole or not of this format. */
export function openWeights(path: string): WeightFile {
  const file = openSync(path, "r");
  try {
    const { texts, entries, numbers } = readHeader(file, path);
    const tensors = Object.entries(entries).map(
      ([
        name,
        {
          dtype,
          shape,
          data_offsets: [begin, end],
        },
      ]): [string, WeightTensor] => [
        name,
        {
          format: dtype,
          shape,
          read: async () => floatsOf(readAt(file, numbers + begin, end - begin), dtype, `${path}: ${name}`),
        },
      ],
    );
    return { tensors: Object.fromEntries(tensors), metadata: texts, close: () => closeSync(file) };
  } catch (error) {
    closeSync(file);
    throw error;
  }
}

type Header = {
  readonly texts: Readonly<Record<string, string>>;
  readonly entries: Readonly<Record<string, Entry>>;
  /** Where the numbers begin. */
  readonly numbers: number;
  broken(why: string): UserError;
};

function readHeader(file: number, path: string): Header {
  const { size } = fstatSync(file);
  const broken = (why: string) => new UserError(`${path}: not a whole safetensors file: ${escapedLine(why)}`);
  if (size < 8) throw broken(`${size} bytes long`);
  const length = Number(readAt(file, 0, 8).readBigUInt64LE());
  if (length > longestHeader || 8 + length > size) throw broken(`its header would take ${length} bytes`);
  let header: unknown;
  try {
    header = JSON.parse(readAt(file, 8, length).toString("utf8"));
  } catch {
    throw broken("its header is not JSON");
  }
  if (!isObject(header)) throw broken("its header is no mapping");
  const { __metadata__: texts = {}, ...rest } = header;
  if (!isObject(texts) || !Object.values(texts).every((text) => typeof text === "string"))
    throw broken("its metadata are no texts by name");
  const entries = rest as Record<string, Entry>;
  for (const [name, entry] of Object.entries(entries)) {
    if (!isEntry(entry)) throw broken(`tensor ${name} is not described as tensors are`);
    const { dtype, shape, data_offsets: offsets } = entry;
    if (!Object.hasOwn(bytesOfNumber, dtype)) throw broken(`tensor ${name} is ${dtype}, which is not known`);
    const [begin, end] = offsets;
    if (end - begin !== bytesOfNumber[dtype] * sizeOf(shape) || 8 + length + end > size)
      throw broken(`tensor ${name} is cut off`);
  }
  // As the format has it: one after the other, without holes, to the end of the file.
  let at = 0;
  const inOrder = Object.entries(entries).sort(
    ([, { data_offsets: a }], [, { data_offsets: b }]) => a[0] - b[0] || a[1] - b[1], // empty ones first
  );
  for (const [name, entry] of inOrder) {
    if (entry.data_offsets[0] !== at) throw broken(`tensor ${name} does not begin where another ends`);
    at = entry.data_offsets[1];
  }
  if (8 + length + at !== size) throw broken(`${size - 8 - length - at} bytes of it belong to no tensor`);
  return { texts: texts as Record<string, string>, entries, numbers: 8 + length, broken };
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

function isEntry(entry: unknown): entry is Entry {
  const { dtype, shape, data_offsets: offsets } = (entry ?? {}) as Partial<Entry>;
  const areCounts = (list: unknown) =>
    Array.isArray(list) && list.every((each) => Number.isSafeInteger(each) && each >= 0);
  return typeof dtype === "string" && areCounts(shape) && areCounts(offsets) && offsets!.length === 2;
}

/** A buffer of its own, aligned for numbers. */
function readAt(file: number, position: number, length: number): Buffer {
  const buffer = Buffer.from(new ArrayBuffer(length));
  for (let read = 0; read < length; ) {
    const count = readSync(file, buffer, read, length - read, position + read);
    if (count === 0) throw new Error(`the file ended at byte ${position + read}`);
    read += count;
  }
  return buffer;
}
