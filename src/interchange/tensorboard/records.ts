// TensorFlow's record files (TFRecord): length in 8 bytes, its checksum, the bytes, their checksum, all little endian.

import { maskedCrc32c } from "./crc32c.ts";

const headBytes = 12;

export function encodeRecord(bytes: Uint8Array): Buffer {
  const record = Buffer.allocUnsafe(headBytes + bytes.length + 4);
  record.writeBigUInt64LE(BigInt(bytes.length), 0);
  record.writeUInt32LE(maskedCrc32c(record.subarray(0, 8)), 8);
  record.set(bytes, headBytes);
  record.writeUInt32LE(maskedCrc32c(bytes), headBytes + bytes.length);
  return record;
}

export type ReadRecords = {
  readonly records: readonly Uint8Array[];
  /** Why not all of the file could be read; null where it could. */
  readonly problem: string | null;
};

/** All records up to the first that is damaged: behind a wrong length nothing can be found again. */
export function decodeRecords(file: Buffer): ReadRecords {
  const records: Uint8Array[] = [];
  for (let at = 0; at < file.length; ) {
    const left = file.length - at;
    const ends = `ends in the middle of a record, ${left} bytes behind byte ${at}`;
    if (left < headBytes) return { records, problem: ends };
    if (file.readUInt32LE(at + 8) !== maskedCrc32c(file.subarray(at, at + 8)))
      return { records, problem: `is damaged at byte ${at}: the checksum of a length differs` };
    const length = Number(file.readBigUInt64LE(at));
    if (length > left - headBytes - 4) return { records, problem: ends };
    const bytes = file.subarray(at + headBytes, at + headBytes + length);
    if (file.readUInt32LE(at + headBytes + length) !== maskedCrc32c(bytes))
      return { records, problem: `is damaged at byte ${at}: the checksum of a record differs` };
    records.push(bytes);
    at += headBytes + length + 4;
  }
  return { records, problem: null };
}
