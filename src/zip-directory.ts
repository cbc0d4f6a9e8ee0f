// yauzl goes where a Zip64 file says that its directory stands without a look whether that is within the file; a place beyond 2^53
// ends the process there, since it is read in a callback.

import { closeSync, fstatSync, openSync, readSync } from "node:fs";
import type { Options, ZipFile } from "yauzl";

const endLength = 22;
const locatorLength = 20;
const longestComment = 0xffff;
const zip64EndLength = 56;

/** Throws an Error where the file is no zip that can be read. */
export async function openZip(file: string, options: Options): Promise<ZipFile> {
  requireDirectoryWithin(file);
  const { openPromise } = await import("yauzl");
  return openPromise(file, options);
}

/** Throws an Error where the directory would stand beyond the end of the file, and the system's errors. */
function requireDirectoryWithin(file: string): void {
  const opened = openSync(file, "r");
  try {
    const { size } = fstatSync(opened);
    const tail = readAt(opened, Math.max(0, size - endLength - longestComment - locatorLength), size);
    const end = tail.lastIndexOf("PK\u0005\u0006", tail.length - endLength, "latin1");
    const locator = end - locatorLength;
    if (end === -1 || locator < 0 || tail.readUInt32LE(locator) !== 0x07064b50) return;
    const zip64End = within(tail.readBigUInt64LE(locator + 8), size - zip64EndLength);
    within(readAt(opened, zip64End, zip64End + zip64EndLength).readBigUInt64LE(48), size);
  } finally {
    closeSync(opened);
  }
}

function within(place: bigint, most: number): number {
  if (place > BigInt(Math.max(0, most))) throw new Error("its directory is said to stand beyond its end");
  return Number(place);
}

function readAt(opened: number, from: number, to: number): Buffer {
  const bytes = Buffer.alloc(Math.max(0, to - from));
  return bytes.subarray(0, readSync(opened, bytes, 0, bytes.length, from));
}
