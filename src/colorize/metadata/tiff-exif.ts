// EXIF out of a TIFF and into one, where it stands among the tags of the picture itself (TIFF 6.0; CIPA DC-008, 4.6.3).
// libvips does neither. Every value moves, so that its place is written anew. Makers' notes are left out: they have places
// inside that only their maker knows.

import { type Entry, entriesAt, entryLength, isTiff, type View, viewOf } from "./tiff-view.ts";

/** `bytes` are its values in little-endian order. */
type Tag = { readonly tag: number; readonly type: number; readonly count: number; readonly bytes: Buffer };

type Directory = { readonly tags: readonly Tag[]; readonly below: ReadonlyMap<number, Directory> };

/** By type: bytes of a value, and of what is turned around in another byte order. */
const sizes: Readonly<Record<number, readonly [value: number, turned: number]>> = {
  1: [1, 1], // BYTE
  2: [1, 1], // ASCII
  3: [2, 2], // SHORT
  4: [4, 4], // LONG
  5: [8, 4], // RATIONAL
  6: [1, 1], // SBYTE
  7: [1, 1], // UNDEFINED
  8: [2, 2], // SSHORT
  9: [4, 4], // SLONG
  10: [8, 4], // SRATIONAL
  11: [4, 4], // FLOAT
  12: [8, 8], // DOUBLE
};

const pointers = { exif: 34665, gps: 34853, interoperability: 40965 };
const makerNote = 37500;
/** Name and description of the picture, camera, resolution, software, time, people, rating, Windows' texts. */
const describing = new Set([
  269, 270, 271, 272, 274, 282, 283, 296, 305, 306, 315, 316, 18246, 18249, 33432, 40091, 40092, 40093, 40094,
  40095,
]);
const orientation = 274;
/** More of one tag is no description, and more of all tags nothing that the EXIF of a JPEG could hold. */
const mostBytes = 60_000;
const mostTags = 1000;

/** What may still be read of a file, whose tags may all point at the same place. */
type Budget = { tags: number; bytes: number };

/**
 * What describes a TIFF, as EXIF that stands by itself; null where it has no such thing or too much of it, or is damaged, or a
 * BigTIFF.
 */
export function exifOfTiff(file: Buffer): Buffer | null {
  const found = described(file);
  if (found === null || (found.tags.length === 0 && found.below.size === 0)) return null;
  const head = Buffer.from("II*\0\0\0\0\0", "latin1");
  const { bytes, place } = laidOut(found, [], head.length);
  head.writeUInt32LE(place, 4);
  return Buffer.concat([head, bytes]);
}

/** Pieces of the file with the tags of `exif` among its own; null where one of both cannot be read. */
export function inTiff(file: Buffer, exif: Buffer): Buffer[] | null {
  const found = described(exif);
  if (found === null || !isTiff(file)) return null;
  const view = viewOf(file);
  if (!view.isLittle) return null;
  const tags = found.tags.filter(({ tag }) => tag !== orientation);
  const replaced = new Set([...tags.map(({ tag }) => tag), ...found.below.keys()]);
  const own = entriesAt(view, view.u32(4)).filter(({ tag }) => !replaced.has(tag));
  const odd = file.length & 1;
  const { bytes, place } = laidOut(
    { ...found, tags },
    own.map((entry) => entry.bytes),
    file.length + odd,
  );
  const head = Buffer.from(file.subarray(0, 8));
  head.writeUInt32LE(place, 4);
  return [head, file.subarray(8), Buffer.alloc(odd), bytes];
}

function described(bytes: Buffer): Directory | null {
  if (!isTiff(bytes)) return null;
  const view = viewOf(bytes);
  const budget = { tags: mostTags, bytes: mostBytes };
  try {
    const below = [pointers.exif, pointers.gps];
    return directoryAt(view, view.u32(4), { isKept: (tag) => describing.has(tag), below, budget });
  } catch (error) {
    if (error instanceof RangeError) return null;
    throw error;
  }
}

type Wanted = {
  readonly isKept: (tag: number) => boolean;
  /** Tags of directories below. */
  readonly below: readonly number[];
  readonly budget: Budget;
};

/** Throws RangeError beyond the end, and beyond the budget. */
function directoryAt(view: View, at: number, { isKept, below, budget }: Wanted): Directory {
  const entries = firstOfEach(entriesAt(view, at));
  const tags = entries.flatMap(({ tag, bytes }) => {
    const found = isKept(tag) ? tagOf(view, tag, view.of(bytes)) : null;
    if (found === null) return [];
    budget.tags--;
    budget.bytes -= found.bytes.length;
    if (budget.tags < 0 || budget.bytes < 0) throw new RangeError("more than a description");
    return [found];
  });
  const pointed = entries.filter(({ tag }) => below.includes(tag));
  return {
    tags,
    below: new Map(
      pointed.map(({ tag, bytes }) => {
        const deeper = tag === pointers.exif ? [pointers.interoperability] : [];
        const isKeptThere = (each: number) => each !== makerNote && each !== pointers.interoperability;
        const wanted = { isKept: isKeptThere, below: deeper, budget };
        return [tag, directoryAt(view, view.of(bytes).u32(8), wanted)];
      }),
    ),
  };
}

/** A tag stands once in a directory: those that come again are left out. */
function firstOfEach(entries: readonly Entry[]): Entry[] {
  const firsts = new Map<number, Entry>();
  for (const entry of entries) if (!firsts.has(entry.tag)) firsts.set(entry.tag, entry);
  return [...firsts.values()];
}

/** null for a type that nobody knows, and for one that is no description. */
function tagOf(view: View, tag: number, entry: View): Tag | null {
  const [type, count] = [entry.u16(2), entry.u32(4)];
  const [each, turned] = sizes[type] ?? [0, 0];
  const length = each * count;
  if (length === 0 || length > mostBytes) return null;
  const from = entry.u32(8);
  if (length > 4 && from + length > view.bytes.length) throw new RangeError("beyond the end");
  const found = length <= 4 ? entry.bytes.subarray(8, 8 + length) : view.bytes.subarray(from, from + length);
  const bytes = Buffer.from(found);
  if (!view.isLittle) for (let at = 0; at < length; at += turned) bytes.subarray(at, at + turned).reverse();
  return { tag, type, count, bytes };
}

/** A directory with all it points at, little-endian, to stand at an even place; `own` are entries that stay as they are. */
function laidOut(
  { tags, below }: Directory,
  own: readonly Buffer[],
  at: number,
): { readonly bytes: Buffer; readonly place: number } {
  const pieces: Buffer[] = [];
  let end = at;
  const put = (bytes: Buffer): number => {
    const place = end;
    pieces.push(bytes, Buffer.alloc(bytes.length & 1));
    end += bytes.length + (bytes.length & 1);
    return place;
  };
  const entries = [...own];
  for (const [tag, directory] of below) {
    const { bytes, place } = laidOut(directory, [], end);
    put(bytes);
    entries.push(entryOf(tag, 4, 1, place));
  }
  for (const { tag, type, count, bytes } of tags) {
    const inside = Buffer.alloc(4);
    bytes.copy(inside);
    entries.push(entryOf(tag, type, count, bytes.length <= 4 ? inside.readUInt32LE(0) : put(bytes)));
  }
  entries.sort((a, b) => a.readUInt16LE(0) - b.readUInt16LE(0));
  const count = Buffer.alloc(2);
  count.writeUInt16LE(entries.length);
  const place = put(Buffer.concat([count, ...entries, Buffer.alloc(4)]));
  return { bytes: Buffer.concat(pieces), place };
}

function entryOf(tag: number, type: number, count: number, value: number): Buffer {
  const entry = Buffer.alloc(entryLength);
  entry.writeUInt16LE(tag, 0);
  entry.writeUInt16LE(type, 2);
  entry.writeUInt32LE(count, 4);
  entry.writeUInt32LE(value, 8);
  return entry;
}
