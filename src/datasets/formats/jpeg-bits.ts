// The bits of a JPEG's scan, and its Huffman codes (ITU-T T.81, annexes C and F).

/** Bytes other than one that repeats, before a marker, that are taken for padding. */
const mostPadding = 3;

export class Damage extends Error {}

export function word(bytes: Uint8Array, at: number): number {
  if (at + 1 >= bytes.length) throw new Damage();
  return (bytes[at]! << 8) | bytes[at + 1]!;
}

/** A code's length and value by canonical order: the largest code of each length, and where its values begin. */
export type Huffman = {
  readonly largest: Int32Array;
  readonly offset: Int32Array;
  readonly values: Uint8Array;
};

export function readTables(content: Uint8Array, into: Map<number, Huffman>): void {
  for (let at = 0; at < content.length; ) {
    const place = content[at]!;
    const largest = new Int32Array(17).fill(-1);
    const offset = new Int32Array(17);
    let [code, count] = [0, 0];
    for (let length = 1; length <= 16; length++) {
      const ofLength = content[at + length] ?? 0;
      offset[length] = count - code;
      code += ofLength;
      count += ofLength;
      if (ofLength > 0) largest[length] = code - 1;
      code <<= 1;
    }
    into.set(place, { largest, offset, values: content.subarray(at + 17, at + 17 + count) });
    at += 17 + count;
  }
}

export type Bits = ReturnType<typeof bitsFrom>;

export function bitsFrom(bytes: Uint8Array, from: number) {
  let at = from;
  let current = 0;
  let left = 0;
  const bit = (): number => {
    if (left === 0) {
      if (at >= bytes.length) throw new Damage();
      current = bytes[at++]!;
      if (current === 0xff && bytes[at++] !== 0) throw new Damage();
      left = 8;
    }
    return (current >> --left) & 1;
  };
  /** The place of the next marker, when nothing but padding lies before it. */
  const end = (): number => {
    const rest = current & ((1 << left) - 1);
    if (rest !== 0 && rest !== (1 << left) - 1) throw new Damage();
    const padding = at;
    while (at < bytes.length && !(bytes[at] === 0xff && bytes[at + 1]! > 0 && bytes[at + 1]! < 0xff)) at++;
    const isOneByte = bytes.subarray(padding, at).every((each) => each === bytes[padding]);
    if (at >= bytes.length || (at - padding > mostPadding && !isOneByte)) throw new Damage();
    return at;
  };
  return {
    bit,
    end,
    bits(count: number): number {
      let value = 0;
      for (let index = 0; index < count; index++) value = (value << 1) | bit();
      return value;
    },
    symbol(table: Huffman | undefined): number {
      if (table === undefined) throw new Damage();
      let code = 0;
      for (let length = 1; length <= 16; length++) {
        code = (code << 1) | bit();
        if (code <= table.largest[length]!) return table.values[code + table.offset[length]!]!;
      }
      throw new Damage();
    },
    restart(number: number): void {
      at = end();
      if (bytes[at + 1] !== 0xd0 + number) throw new Damage();
      at += 2;
      left = 0;
    },
  };
}
