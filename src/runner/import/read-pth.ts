// What torch.save writes since PyTorch 1.6: a zip with one pickle and a file of numbers for each storage. Only tensors are
// read, and nothing of it is run.

import { closeSync, openSync, readSync } from "node:fs";
import { crc32 } from "node:zlib";
import type { Entry, ZipFile } from "yauzl";
import { messageOf, UserError } from "../../errors.ts";
import { sizeOf } from "../../training-step.ts";
import { type PickledDict, unpickle, wordsOf } from "../../unpickle.ts";
import { openZip } from "../../zip-directory.ts";
import {
  bytesOfNumber,
  floatsOf,
  gathered,
  type NumberFormat,
  type WeightFile,
  type WeightTensor,
} from "../weight-files/weight-tensor.ts";

const formats: Readonly<Record<string, NumberFormat>> = {
  "torch.DoubleStorage": "F64",
  "torch.FloatStorage": "F32",
  "torch.HalfStorage": "F16",
  "torch.BFloat16Storage": "BF16",
  "torch.LongStorage": "I64",
  "torch.IntStorage": "I32",
  "torch.ShortStorage": "I16",
  "torch.CharStorage": "I8",
  "torch.ByteStorage": "U8",
  "torch.BoolStorage": "BOOL",
};

/** Numbers of one storage, which tensors may share. */
class Storage {
  readonly format: NumberFormat;
  readonly key: string;
  readonly count: number;
  constructor(format: NumberFormat, key: string, count: number) {
    this.format = format;
    this.key = key;
    this.count = count;
  }
}

/** A view of a storage; shape, strides and offset count numbers. */
class Tensor {
  readonly storage: Storage;
  readonly offset: number;
  readonly shape: readonly number[];
  readonly strides: readonly number[];
  constructor(storage: Storage, offset: number, shape: readonly number[], strides: readonly number[]) {
    this.storage = storage;
    this.offset = offset;
    this.shape = shape;
    this.strides = strides;
  }
}

const calls = {
  "collections.OrderedDict": "dict",
  "torch._utils._rebuild_tensor_v2": "tensor",
  "torch._utils._rebuild_parameter": "parameter",
} as const;

/** A pickle that describes tensors takes kilobytes. */
const longestPickle = 2 ** 20;

/** A state dict: a dict of tensors by name. Throws UserError. */
export async function openPth(file: string): Promise<WeightFile> {
  requireZip(file);
  const zip = await openZip(file, { autoClose: false }).catch((error: unknown) => {
    throw noZip(file, error);
  });
  try {
    const { folder, entries } = await entriesOf(zip, file);
    const order = entries.get(`${folder}byteorder`);
    const isLittle = async (entry: Entry) =>
      entry.uncompressedSize < 100 && (await readEntry(zip, entry, file)).toString() === "little";
    if (order !== undefined && !(await isLittle(order)))
      throw new UserError(`${file}: expected little-endian numbers, got big-endian ones`);
    const pickle = entries.get(`${folder}data.pkl`)!;
    if (pickle.uncompressedSize > longestPickle) throw new UserError(`${file}: its pickle is too long`);
    const found = unpickle(await readEntry(zip, pickle, file), file, meanings(file));
    // Views of one storage often follow each other.
    let last: { readonly key: string; readonly numbers: Float32Array } | null = null;
    const tensors = stateDict(found, file).map(
      ([name, { storage, shape, strides, offset }]): [string, WeightTensor] => [
        name,
        {
          format: storage.format,
          shape,
          async read() {
            const entry = entries.get(`${folder}data/${storage.key}`);
            const wanted = storage.count * bytesOfNumber[storage.format];
            if (entry?.uncompressedSize !== wanted)
              throw new UserError(
                `${file}: ${name}: expected ${wanted} bytes in data/${storage.key}, got ${entry?.uncompressedSize ?? "none"}`,
              );
            if (last?.key !== storage.key) {
              const bytes = await readEntry(zip, entry, file);
              last = { key: storage.key, numbers: floatsOf(bytes, storage.format, `${file}: ${name}`) };
            }
            return gathered(last.numbers, { shape, strides, offset });
          },
        },
      ],
    );
    return { tensors: Object.fromEntries(tensors), metadata: {}, close: () => zip.close() };
  } catch (error) {
    zip.close();
    throw error;
  }
}

/** What PyTorch wrote before 1.6 is a row of pickles, or a tar. */
function requireZip(file: string): void {
  const start = Buffer.alloc(262);
  const opened = openSync(file, "r");
  try {
    readSync(opened, start, 0, start.length, 0);
  } finally {
    closeSync(opened);
  }
  if (start.toString("latin1", 0, 4) === "PK\x03\x04") return;
  const isOld = (start[0] === 0x80 && start[1]! <= 5) || start.toString("latin1", 257, 262) === "ustar";
  throw new UserError(
    isOld
      ? `${file}: is in the format of PyTorch before 1.6, which is not read; in Python: torch.save(torch.load("${file}", map_location="cpu"), "new.pth")`
      : `${file}: expected a .pth file as torch.save writes it (a zip), got something else`,
  );
}

/** Throws UserError where yauzl cannot go on. */
async function* eachEntry(zip: ZipFile, file: string): AsyncGenerator<Entry> {
  try {
    yield* zip.eachEntry();
  } catch (error) {
    throw noZip(file, error);
  }
}

function noZip(file: string, error: unknown): UserError {
  return new UserError(`${file}: no zip that can be read, as torch.save writes it: ${messageOf(error)}`);
}

async function entriesOf(zip: ZipFile, file: string) {
  const entries = new Map<string, Entry>();
  for await (const entry of eachEntry(zip, file)) {
    if (entry.isEncrypted() || entry.compressionMethod !== 0)
      throw new UserError(
        `${file}: expected a zip that is not packed, as torch.save writes it; ${entry.fileName} is`,
      );
    if (entries.has(entry.fileName))
      throw new UserError(`${file}: refused: two of its entries are called ${entry.fileName}`);
    entries.set(entry.fileName, entry);
  }
  const pickles = [...entries.keys()].filter((name) => /^[^/]+\/data\.pkl$/.test(name));
  if (pickles.length !== 1 || [...entries.keys()].some((name) => name.endsWith("/constants.pkl")))
    throw new UserError(
      `${file}: expected weights as torch.save(net.state_dict(), …) writes them, got ${pickles.length === 1 ? "a TorchScript program" : "another zip"}`,
    );
  return { folder: pickles[0]!.slice(0, -"data.pkl".length), entries };
}

async function readEntry(zip: ZipFile, entry: Entry, file: string): Promise<Buffer> {
  const pieces: Buffer[] = [];
  try {
    for await (const piece of await zip.openReadStreamPromise(entry)) pieces.push(piece as Buffer);
  } catch (error) {
    throw new UserError(`${file}: ${entry.fileName} cannot be read: ${messageOf(error)}`);
  }
  const bytes = Buffer.concat(pieces);
  // yauzl leaves that to its caller; with torch.serialization.set_crc32_options(False) it is 0.
  if (entry.crc32 !== 0 && crc32(bytes) !== entry.crc32)
    throw new UserError(
      `${file}: ${entry.fileName}: its checksum differs: it was damaged after it was written`,
    );
  return bytes;
}

function meanings(file: string) {
  const refuse = (what: string) => new UserError(`${file}: refused: ${what}`);
  return {
    what: "tensors",
    global: (name: string): unknown => formats[name] ?? calls[name as keyof typeof calls],
    reduce(callable: unknown, args: readonly unknown[]): unknown {
      if (callable === "dict" && args.length === 0) return new Map();
      if (callable === "parameter" && args[0] instanceof Tensor) return args[0];
      if (callable === "tensor") {
        const tensor = tensorOf(args);
        if (tensor !== null) return tensor;
        throw refuse("it has a tensor that does not lie in its storage, or repeats its numbers");
      }
      throw refuse(`its pickle calls ${wordsOf(callable)} in a way that PyTorch does not`);
    },
    persistent(key: unknown): Storage {
      const [kind, format, name, , count] = Array.isArray(key) ? key : [];
      if (
        kind !== "storage" ||
        typeof name !== "string" ||
        typeof format !== "string" ||
        !isCount(count) ||
        !Object.hasOwn(bytesOfNumber, format)
      )
        throw refuse("its pickle has something beside it that is no storage");
      return new Storage(format as NumberFormat, name, count);
    },
  };
}

/** (storage, offset, shape, strides, requires_grad, hooks); null where they are something else, or lie beyond the storage. */
function tensorOf([storage, offset, shape, strides]: readonly unknown[]): Tensor | null {
  if (!(storage instanceof Storage) || !isCount(offset)) return null;
  if (!isCounts(shape) || !isCounts(strides) || shape.length !== strides.length) return null;
  const last = shape.reduce((sum, length, axis) => sum + (length - 1) * strides[axis]!, offset);
  if (sizeOf(shape) > 0 && last >= storage.count) return null;
  // More numbers than there are places is a view that repeats them: no trained weights.
  if (sizeOf(shape) > storage.count) return null;
  return new Tensor(storage, offset, shape, strides);
}

const isCount = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) >= 0;
const isCounts = (value: unknown): value is number[] => Array.isArray(value) && value.every(isCount);

function stateDict(found: unknown, file: string): [string, Tensor][] {
  const refuse = (got: string) =>
    new UserError(`${file}: expected a dict of tensors by name, as net.state_dict() gives it, got ${got}`);
  if (!(found instanceof Map)) throw refuse(found instanceof Tensor ? "one tensor" : typeof found);
  return [...(found as PickledDict)].map(([name, value]) => {
    if (typeof name !== "string") throw refuse(`one with a key that is no text, a ${typeof name}`);
    if (!(value instanceof Tensor)) throw refuse(`one whose ${name} is no tensor`);
    return [name, value];
  });
}
