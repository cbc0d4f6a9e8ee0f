// A TIFF structure's numbers in its own byte order (TIFF 6.0; EXIF is one too).

export type Entry = { readonly tag: number; readonly bytes: Buffer };

export type View = {
  readonly bytes: Buffer;
  readonly isLittle: boolean;
  of(part: Buffer): View;
  u16(at: number): number;
  u32(at: number): number;
  setU16(at: number, value: number): void;
  setU32(at: number, value: number): void;
};

export const entryLength = 12;

const little = "II*\0";

/** Not BigTIFF. */
export function isTiff(bytes: Buffer): boolean {
  const order = bytes.toString("latin1", 0, 4);
  return order === little || order === "MM\0*";
}

export function viewOf(bytes: Buffer, isLittle = bytes.toString("latin1", 0, 4) === little): View {
  return {
    bytes,
    isLittle,
    of: (part) => viewOf(part, isLittle),
    u16: (at: number) => (isLittle ? bytes.readUInt16LE(at) : bytes.readUInt16BE(at)),
    u32: (at: number) => (isLittle ? bytes.readUInt32LE(at) : bytes.readUInt32BE(at)),
    setU16: (at: number, value: number) =>
      isLittle ? bytes.writeUInt16LE(value, at) : bytes.writeUInt16BE(value, at),
    setU32: (at: number, value: number) =>
      isLittle ? bytes.writeUInt32LE(value, at) : bytes.writeUInt32BE(value, at),
  };
}

/** Parts of the block itself: what is written to them is written there. Throws RangeError beyond its end. */
export function entriesAt(view: View, at: number): Entry[] {
  return Array.from({ length: view.u16(at) }, (_, index) => {
    const from = at + 2 + entryLength * index;
    const tag = view.u16(from);
    view.u32(from + 8);
    return { tag, bytes: view.bytes.subarray(from, from + entryLength) };
  });
}
