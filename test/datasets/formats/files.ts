// PNG and TIFF written number by number, with any chunk or tag: what encoders would not write.

import { crc32, deflateSync } from "node:zlib";

export type Grid = {
  readonly width: number;
  readonly height: number;
  readonly bits: 8 | 16;
  /** Numbers of a pixel. */
  readonly bands: number;
  /** Up to 255 or 65535, pixel by pixel. */
  readonly values: ArrayLike<number>;
};

/** Bands of one color each, 8 pixels wide and high. */
export function patches(colors: readonly (readonly number[])[], bits: 8 | 16, side = 8): Grid {
  const bands = colors[0]!.length;
  const values: number[] = [];
  for (let row = 0; row < side; row++) {
    for (const color of colors) {
      for (let column = 0; column < side; column++) {
        values.push(...color.map((value) => (bits === 8 ? value : 257 * value)));
      }
    }
  }
  return { width: side * colors.length, height: side, bits, bands, values };
}

function chunk(type: string, content: Uint8Array): Buffer {
  const body = Buffer.concat([Buffer.from(type, "latin1"), content]);
  const frame = Buffer.alloc(8);
  frame.writeUInt32BE(content.length, 0);
  frame.writeUInt32BE(crc32(body), 4);
  return Buffer.concat([frame.subarray(0, 4), body, frame.subarray(4)]);
}

/** `chunks` stand before the pixels. The bytes are the same with every zlib. */
export function pngOf(grid: Grid, chunks: Readonly<Record<string, Uint8Array>> = {}): Buffer {
  const { width, height, bits, bands } = grid;
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([bits, [0, 0, 4, 2, 6][bands]!], 8);
  const line = (width * bands * bits) / 8;
  const numbers = bytesOf(grid, "MM");
  const rows = Array.from({ length: height }, (_, row) =>
    Buffer.concat([Buffer.of(0), numbers.subarray(row * line, (row + 1) * line)]),
  );
  return Buffer.concat([
    Buffer.from("89504e470d0a1a0a", "hex"),
    chunk("IHDR", header),
    ...Object.entries(chunks).map(([name, content]) => chunk(name, content)),
    chunk("IDAT", deflateSync(Buffer.concat(rows), { level: 0 })),
    chunk("IEND", Buffer.alloc(0)),
  ]);
}

export function iccp(icc: Uint8Array): Buffer {
  return Buffer.concat([Buffer.from("icc\0\0", "latin1"), deflateSync(icc)]);
}

/** Of whole numbers per 100000, as gAMA and cHRM have them. */
export function hundredThousandths(...values: readonly number[]): Buffer {
  const bytes = Buffer.alloc(4 * values.length);
  for (const [index, value] of values.entries()) bytes.writeUInt32BE(Math.round(value * 1e5), 4 * index);
  return bytes;
}

function bytesOf({ bits, values }: Grid, order: "II" | "MM"): Buffer {
  const bytes = Buffer.alloc((values.length * bits) / 8);
  for (let at = 0; at < values.length; at++) {
    if (bits === 8) bytes[at] = values[at]!;
    else if (order === "II") bytes.writeUInt16LE(values[at]!, 2 * at);
    else bytes.writeUInt16BE(values[at]!, 2 * at);
  }
  return bytes;
}

export type TiffOptions = {
  readonly icc?: Uint8Array;
  /** Numbers by tag, in place of the ordinary ones; all are written as SHORT. */
  readonly tags?: Readonly<Record<number, readonly number[]>>;
  readonly numbers?: Buffer;
};

/** Little-endian, one strip, photometric RGB or black is zero. */
export function tiffOf(grid: Grid, { icc, tags = {}, numbers }: TiffOptions = {}): Buffer {
  const { width, height, bits, bands } = grid;
  const pixels = numbers ?? bytesOf(grid, "II");
  const start = 8 + pixels.length + (pixels.length & 1);
  const all: Record<number, readonly number[]> = {
    256: [width],
    257: [height],
    258: new Array(bands).fill(bits),
    259: [1],
    262: [bands < 3 ? 1 : 2],
    277: [bands],
    278: [height],
    ...tags,
  };
  const count = Object.keys(all).length + 2 + (icc === undefined ? 0 : 1);
  let end = start + 2 + 12 * count + 4;
  const behind: Buffer[] = [];
  const entry = (tag: number, type: number, length: number, content: Buffer) => {
    const bytes = Buffer.alloc(12);
    bytes.writeUInt16LE(tag, 0);
    bytes.writeUInt16LE(type, 2);
    bytes.writeUInt32LE(length, 4);
    if (content.length <= 4) content.copy(bytes, 8);
    else {
      bytes.writeUInt32LE(end, 8);
      behind.push(content, Buffer.alloc(content.length & 1));
      end += content.length + (content.length & 1);
    }
    return [tag, bytes] as const;
  };
  const long = (value: number) => Buffer.of(value, value >> 8, value >> 16, value >> 24);
  const entries = [
    ...Object.entries(all).map(([tag, values]) =>
      entry(Number(tag), 3, values.length, Buffer.from(Uint16Array.from(values).buffer)),
    ),
    entry(273, 4, 1, long(8)),
    entry(279, 4, 1, long(pixels.length)),
    ...(icc === undefined ? [] : [entry(34675, 7, icc.length, Buffer.from(icc))]),
  ].sort(([a], [b]) => a - b);
  return Buffer.concat([
    Buffer.from("II*\0", "latin1"),
    long(start),
    pixels,
    Buffer.alloc(pixels.length & 1),
    Buffer.of(count, count >> 8),
    ...entries.map(([, bytes]) => bytes),
    Buffer.alloc(4),
    ...behind,
  ]);
}
