// The file around W&B's records (wandb/sdk/internal/datastore.py): seven bytes of its own, then the log of LevelDB
// (github.com/google/leveldb, doc/log_format.md) with the CRC-32 of zlib, unmasked, in place of CRC-32C. Blocks have 32 KiB, the first
// one with those seven bytes in it. A record that does not fit into its block goes on in the next one.

import { crc32 } from "node:zlib";

export const blockBytes = 32768;
export const headBytes = 7;

/** What a part is of its record. */
export const partKinds = { full: 1, first: 2, middle: 3, last: 4 } as const;

/** ":W&B", 0xbee1 and the version 0, little endian. */
export const fileHead = Buffer.from([0x3a, 0x57, 0x26, 0x42, 0xe1, 0xbe, 0]);

/** Over the kind and the bytes of a part. */
export function partChecksum(kind: number, bytes: Uint8Array): number {
  return crc32(bytes, crc32(Uint8Array.of(kind)));
}

/** A whole file, in the pieces that one writes. */
export async function* frameRecords(records: AsyncIterable<Uint8Array>): AsyncGenerator<Buffer> {
  yield fileHead;
  let at = fileHead.length;
  for await (const record of records) {
    const piece = Buffer.concat([...partsOf(record, at)]);
    at = (at + piece.length) % blockBytes;
    yield piece;
  }
}

/** `at` is the place in the block. */
function* partsOf(record: Uint8Array, at: number): Generator<Uint8Array> {
  let room = blockBytes - at;
  if (room < headBytes) {
    yield new Uint8Array(room);
    room = blockBytes;
  }
  let begin = 0;
  let isFirst = true;
  let isLast = false;
  while (!isLast) {
    // Where a block has room for a head alone the first part is empty.
    const end = Math.min(record.length, begin + room - headBytes);
    isLast = end === record.length;
    const kind = partKinds[isFirst ? (isLast ? "full" : "first") : isLast ? "last" : "middle"];
    const bytes = record.subarray(begin, end);
    const head = Buffer.alloc(headBytes);
    head.writeUInt32LE(partChecksum(kind, bytes), 0);
    head.writeUInt16LE(bytes.length, 4);
    head.writeUInt8(kind, 6);
    yield head;
    yield bytes;
    begin = end;
    room = blockBytes;
    isFirst = false;
  }
}
