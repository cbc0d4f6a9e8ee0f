// The files of CIFAR-10 and CIFAR-100 as their authors pack them (cs.toronto.edu/~kriz/cifar.html). In both packings the
// pixels lie as they are, red, green, blue after each other: all that is looked for is where.

import { readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { UserError } from "../../errors.ts";
import { unpickle, wordsOf } from "../../unpickle.ts";

/** Width and height. */
export const cifarSide = 32;
const pictureBytes = 3 * cifarSide * cifarSide;

/** One of the two sets, and which of its labels are meant. */
export type CifarSet = {
  readonly name: "cifar10" | "cifar100";
  readonly labels: "labels" | "fine" | "coarse";
};

/** A file of pictures: picture n begins at byte `first + n * stride`. */
export type CifarBatch = {
  readonly path: string;
  /** Such as "data_batch_1". */
  readonly name: string;
  readonly count: number;
  readonly first: number;
  readonly stride: number;
  /** The class of each; null unless asked for. */
  readonly labels: Uint8Array | null;
};

export type OpenedCifar = {
  /** The classes by their numbers. */
  names(): Promise<readonly string[]>;
  /** Of a split, with labels below `classes` unless it is null. Throws UserError for a file that is not whole. */
  batches(split: "train" | "test", classes: number | null): Promise<readonly CifarBatch[]>;
};

const tenBatches = {
  train: [1, 2, 3, 4, 5].map((number) => `data_batch_${number}`),
  test: ["test_batch"],
};
const hundredBatches = { train: ["train"], test: ["test"] };

const packings = {
  cifar10: [
    { folder: "cifar-10-batches-bin", extension: ".bin", batches: tenBatches },
    { folder: "cifar-10-batches-py", extension: "", batches: tenBatches },
  ],
  cifar100: [
    { folder: "cifar-100-binary", extension: ".bin", batches: hundredBatches },
    { folder: "cifar-100-python", extension: "", batches: hundredBatches },
  ],
} as const;

/** The binary files where both are there. Throws UserError where neither is. */
export async function openCifar(root: string, set: CifarSet, key: string): Promise<OpenedCifar> {
  const known = packings[set.name];
  for (const { folder, extension, batches } of known)
    for (const place of [join(root, folder), root]) {
      if (!(await isFile(join(place, batches.test[0] + extension)))) continue;
      const isBinary = extension !== "";
      return {
        names: () => (isBinary ? namesOfText(place, set) : namesOfPickle(place, set)),
        batches: (split, classes) =>
          Promise.all(
            batches[split].map((name) => {
              const path = join(place, name + extension);
              return isBinary
                ? binaryBatch(path, name, set, classes)
                : pickledBatch(path, name, set, classes);
            }),
          ),
      };
    }
  const folders = known.map(({ folder }) => folder).join(" or ");
  throw new UserError(`${key}.root: expected ${folders} in ${root}, as unpacked, got neither`);
}

async function isFile(path: string): Promise<boolean> {
  return (await stat(path).catch(() => null))?.isFile() ?? false;
}

async function read(path: string): Promise<Buffer> {
  try {
    return await readFile(path);
  } catch (error) {
    throw new UserError(`${path}: cannot be read: ${(error as NodeJS.ErrnoException).code}`, {
      cause: error,
    });
  }
}

/** Records of one label (two in CIFAR-100: coarse, fine) and the pixels. */
async function binaryBatch(
  path: string,
  name: string,
  set: CifarSet,
  classes: number | null,
): Promise<CifarBatch> {
  const labelBytes = set.name === "cifar10" ? 1 : 2;
  const stride = labelBytes + pictureBytes;
  const bytes = classes === null ? null : await read(path);
  const size = bytes?.length ?? (await stat(path).catch(() => null))?.size;
  if (size === undefined) throw new UserError(`${path}: expected a file of ${set.name}, got none`);
  if (size === 0 || size % stride !== 0)
    throw new UserError(
      `${path}: expected records of ${stride} bytes, got ${size} bytes: not whole, or another file`,
    );
  const count = size / stride;
  const column = set.labels === "fine" ? 1 : 0;
  const labels = bytes && Uint8Array.from({ length: count }, (_, index) => bytes[index * stride + column]!);
  if (labels !== null) requireLabels(labels, classes!, path);
  return { path, name, count, first: labelBytes, stride, labels };
}

/** A dict of `data`, uint8 [pictures, 3072], and lists of labels. */
async function pickledBatch(
  path: string,
  name: string,
  set: CifarSet,
  classes: number | null,
): Promise<CifarBatch> {
  const bytes = await read(path);
  const found = readPickle(bytes, path);
  const data = found.get("data");
  const key = set.labels === "labels" ? "labels" : `${set.labels}_labels`;
  const labels = found.get(key);
  if (!(data instanceof Pixels) || data.bytes === null)
    throw new UserError(`${path}: expected \`data\`, uint8 of 3072 columns, got something else`);
  const count = data.bytes.length / pictureBytes;
  if (!Array.isArray(labels) || labels.length !== count)
    throw new UserError(`${path}: expected \`${key}\`, a list of ${count}, got something else`);
  if (classes !== null) requireLabels(labels, classes, path);
  const first = data.bytes.byteOffset - bytes.byteOffset;
  return {
    path,
    name,
    count,
    first,
    stride: pictureBytes,
    labels: classes === null ? null : Uint8Array.from(labels as number[]),
  };
}

function requireLabels(labels: ArrayLike<unknown>, classes: number, path: string): void {
  const wrong = Array.from(labels).find(
    (label) => !Number.isInteger(label) || Number(label) < 0 || Number(label) >= classes,
  );
  if (wrong !== undefined)
    throw new UserError(
      `${path}: expected classes below ${classes}, got ${wordsOf(wrong)}: another set, or damaged`,
    );
}

async function namesOfText(folder: string, set: CifarSet): Promise<readonly string[]> {
  const path = join(folder, set.name === "cifar10" ? "batches.meta.txt" : `${set.labels}_label_names.txt`);
  const text = (await read(path)).toString("utf8");
  return requireNames(text.split(/\r?\n/).filter(Boolean), path);
}

async function namesOfPickle(folder: string, set: CifarSet): Promise<readonly string[]> {
  const path = join(folder, set.name === "cifar10" ? "batches.meta" : "meta");
  const key = set.name === "cifar10" ? "label_names" : `${set.labels}_label_names`;
  return requireNames(readPickle(await read(path), path).get(key), path);
}

function requireNames(names: unknown, path: string): readonly string[] {
  const isList = Array.isArray(names) && names.length > 0 && names.every((name) => typeof name === "string");
  if (!isList || new Set(names).size !== names.length)
    throw new UserError(`${path}: expected the names of the classes, got something else`);
  return names;
}

/** An array of numpy, of which only uint8 of 3072 columns, row after row, is taken. */
class Pixels {
  bytes: Buffer | null = null;
}

/** What arrays of the numpy of then call in a pickle. */
const numpy: Readonly<Record<string, string>> = {
  "numpy.core.multiarray._reconstruct": "array",
  "numpy.ndarray": "ndarray",
  "numpy.dtype": "dtype",
};

/** Texts of Python 2 that are so long are pixels. */
const longestText = 4096;

function readPickle(bytes: Buffer, path: string): ReadonlyMap<unknown, unknown> {
  const found = unpickle(bytes, path, {
    what: "pictures",
    global: (name) => numpy[name],
    reduce(callable, [first]) {
      if (callable === "array" && first === "ndarray") return new Pixels();
      if (callable === "dtype") return { dtype: first };
      throw new UserError(
        `${path}: refused: its pickle calls ${wordsOf(callable)} in a way that numpy does not`,
      );
    },
    build(object, state) {
      if (!(object instanceof Pixels) || !Array.isArray(state)) return; // the byte order of a dtype, say
      const [, shape, type, isFortran, data] = state as unknown[];
      const [count, columns] = Array.isArray(shape) ? (shape as unknown[]) : [];
      const isUint8 = (type as { dtype?: unknown } | null)?.dtype === "u1";
      if (columns === pictureBytes && isUint8 && isFortran === false && Buffer.isBuffer(data))
        if (data.length === Number(count) * pictureBytes) object.bytes = data;
    },
    text: (taken) => (taken.length > longestText ? taken : taken.toString("utf8")),
  });
  if (!(found instanceof Map)) throw new UserError(`${path}: expected a dict, got something else`);
  return found;
}
