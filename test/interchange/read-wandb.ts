// A reader of W&B's files that goes its own way: it trusts no byte, and gives what the program wrote.

import assert from "node:assert/strict";
import { crc32 } from "node:zlib";

/** The records of a whole file; throws where one byte is not as LevelDB's log has it. */
export function readFrames(file: Buffer): Buffer[] {
  assert.equal(file.subarray(0, 7).toString("latin1"), ":W&B\xe1\xbe\0");
  const records: Buffer[] = [];
  let parts: Buffer[] = [];
  for (let at = 7; at < file.length; ) {
    const room = 32768 - (at % 32768);
    if (room < 7) {
      assert.ok(file.subarray(at, at + room).every((byte) => byte === 0));
      at += room;
      continue;
    }
    const [sum, length, kind] = [file.readUInt32LE(at), file.readUInt16LE(at + 4), file[at + 6]!];
    assert.ok(7 + length <= room, "no part leaves its block");
    assert.equal(sum, crc32(file.subarray(at + 6, at + 7 + length)));
    const [full, first, middle, last] = [1, 2, 3, 4];
    assert.ok(parts.length === 0 ? [full, first].includes(kind) : [middle, last].includes(kind));
    parts.push(file.subarray(at + 7, at + 7 + length));
    at += 7 + length;
    if (kind === first || kind === middle) continue;
    records.push(Buffer.concat(parts));
    parts = [];
  }
  assert.equal(parts.length, 0, "the last record is whole");
  return records;
}

/** JSON with the words NaN, Infinity and -Infinity in it, and -0.0. */
export function parseNumbers(json: string): unknown {
  const quoted = json.replaceAll(/(?<=^|[:,[])(NaN|-?Infinity)(?=$|[,}\]])/g, '"$1"');
  return JSON.parse(quoted, (_, value) => (/^(NaN|-?Infinity)$/.test(String(value)) ? Number(value) : value));
}
