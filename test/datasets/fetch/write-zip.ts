// A zip as its specification has it, and as nobody should write it: any name, any mode, any size announced.

import { crc32, deflateRawSync } from "node:zlib";

export type ZipEntry = {
  readonly name: string;
  readonly content?: Buffer | string;
  readonly deflated?: boolean;
  /** Of Unix, with the kind: 0o120777 is a symbolic link. */
  readonly mode?: number;
  /** What the zip says that the entry has. */
  readonly announcedBytes?: number;
  readonly encrypted?: boolean;
  /** Sizes and offset in the extra field, as in a zip beyond 4 GiB. */
  readonly zip64?: boolean;
};

export function writeZip(entries: readonly ZipEntry[]): Buffer {
  const parts: Buffer[] = [];
  const directory: Buffer[] = [];
  let offset = 0;
  for (const entry of entries) {
    const content = Buffer.from(entry.content ?? "");
    const data = entry.deflated ? deflateRawSync(content) : content;
    const bytes = entry.announcedBytes ?? content.length;
    const name = Buffer.from(entry.name);
    const flags = 0x800 | (entry.encrypted ? 1 : 0);
    const extra = entry.zip64 ? numbers([2, 1], [2, 24], [8, bytes], [8, data.length], [8, offset]) : null;
    const large = 0xffffffff;
    const common = (withExtra: number) =>
      numbers(
        [2, 45],
        [2, flags],
        [2, entry.deflated ? 8 : 0],
        [4, 0],
        [4, crc32(content)],
        [4, extra ? large : data.length],
        [4, extra ? large : bytes],
        [2, name.length],
        [2, withExtra],
      );
    const local = Buffer.concat([numbers([4, 0x04034b50]), common(0), name, data]);
    directory.push(
      numbers([4, 0x02014b50], [2, (3 << 8) | 45]),
      common(extra?.length ?? 0),
      numbers(
        [2, 0],
        [2, 0],
        [2, 0],
        [4, ((entry.mode ?? 0o100644) << 16) >>> 0],
        [4, extra ? large : offset],
      ),
      name,
      extra ?? Buffer.alloc(0),
    );
    parts.push(local);
    offset += local.length;
  }
  const central = Buffer.concat(directory);
  const end = numbers(
    [4, 0x06054b50],
    [2, 0],
    [2, 0],
    [2, entries.length],
    [2, entries.length],
    [4, central.length],
    [4, offset],
    [2, 0],
  );
  return Buffer.concat([...parts, central, end]);
}

/** Little-endian numbers of so many bytes each. */
function numbers(...fields: readonly (readonly [size: 2 | 4 | 8, value: number])[]): Buffer {
  return Buffer.concat(
    fields.map(([size, value]) => {
      const buffer = Buffer.alloc(size);
      if (size === 8) buffer.writeBigUInt64LE(BigInt(value));
      else buffer.writeUIntLE(value, 0, size);
      return buffer;
    }),
  );
}
