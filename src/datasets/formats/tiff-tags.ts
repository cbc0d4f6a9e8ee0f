// The numbers in a TIFF's first directory (TIFF 6.0 and BigTIFF).

const bytesOf: Readonly<Record<number, number>> = { 1: 1, 3: 2, 4: 4, 5: 8, 16: 8 };
const mostValues = 64;

/** Values of the tags whose type is a whole number or a ratio, the first 64 of each; null where it is no TIFF. */
export function tiffTags(bytes: Buffer): ReadonlyMap<number, readonly number[]> | null {
  const order = bytes.toString("latin1", 0, 2);
  if (order !== "II" && order !== "MM") return null;
  const [read16, read32, read64] =
    order === "II"
      ? ([
          (at: number) => bytes.readUInt16LE(at),
          (at: number) => bytes.readUInt32LE(at),
          (at: number) => Number(bytes.readBigUInt64LE(at)),
        ] as const)
      : ([
          (at: number) => bytes.readUInt16BE(at),
          (at: number) => bytes.readUInt32BE(at),
          (at: number) => Number(bytes.readBigUInt64BE(at)),
        ] as const);
  const valueAt = (type: number, at: number): number => {
    if (type === 1) return bytes.readUInt8(at);
    if (type === 3) return read16(at);
    if (type === 4) return read32(at);
    return type === 5 ? read32(at) / read32(at + 4) : read64(at);
  };
  const tags = new Map<number, number[]>();
  try {
    const isBig = read16(2) === 43;
    const wide = isBig ? read64 : read32;
    const wideBytes = isBig ? 8 : 4;
    const directory = wide(isBig ? 8 : 4);
    const count = isBig ? read64(directory) : read16(directory);
    for (let entry = 0; entry < Math.min(count, 1000); entry++) {
      const at = directory + (isBig ? 8 + 20 * entry : 2 + 12 * entry);
      const [tag, type, length] = [read16(at), read16(at + 2), wide(at + 4)];
      const each = bytesOf[type];
      if (each === undefined) continue;
      const from = each * length <= wideBytes ? at + 4 + wideBytes : wide(at + 4 + wideBytes);
      const values = [];
      for (let index = 0; index < Math.min(length, mostValues); index++)
        values.push(valueAt(type, from + each * index));
      tags.set(tag, values);
    }
  } catch (error) {
    // Cut short: decoding says so.
    if (!(error instanceof RangeError)) throw error;
  }
  return tags;
}
