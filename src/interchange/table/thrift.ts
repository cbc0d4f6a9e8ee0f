// Writes Thrift's compact protocol (thrift-compact-protocol.md), as far as Parquet's headers need it.

export type ThriftValue =
  | { readonly i32: number }
  | { readonly i64: number }
  | { readonly text: string }
  | { readonly list: readonly ThriftValue[] }
  | { readonly struct: ThriftStruct };

/** Field number -> value, in rising order. */
export type ThriftStruct = Readonly<Record<number, ThriftValue>>;

export function encodeStruct(struct: ThriftStruct): Buffer {
  const bytes: number[] = [];
  writeStruct(bytes, struct);
  return Buffer.from(bytes);
}

function writeStruct(bytes: number[], struct: ThriftStruct): void {
  let before = 0;
  for (const [number, value] of Object.entries(struct)) {
    const step = Number(number) - before;
    if (step < 1 || step > 15) throw new Error(`thrift: field ${number} after ${before}`);
    bytes.push((step << 4) | typeOf(value));
    writeValue(bytes, value);
    before = Number(number);
  }
  bytes.push(0);
}

function typeOf(value: ThriftValue): number {
  if ("i32" in value) return 5;
  if ("i64" in value) return 6;
  if ("text" in value) return 8;
  return "list" in value ? 9 : 12;
}

function writeValue(bytes: number[], value: ThriftValue): void {
  if ("i32" in value) writeVarint(bytes, zigzag(value.i32));
  else if ("i64" in value) writeVarint(bytes, zigzag(value.i64));
  else if ("struct" in value) writeStruct(bytes, value.struct);
  else if ("text" in value) {
    const text = Buffer.from(value.text);
    writeVarint(bytes, BigInt(text.length));
    for (const byte of text) bytes.push(byte);
  } else {
    const { list } = value;
    const type = typeOf(list[0]!);
    if (list.length < 15) bytes.push((list.length << 4) | type);
    else {
      bytes.push(0xf0 | type);
      writeVarint(bytes, BigInt(list.length));
    }
    for (const item of list) writeValue(bytes, item);
  }
}

function zigzag(value: number): bigint {
  const whole = BigInt(value);
  return whole < 0n ? -2n * whole - 1n : 2n * whole;
}

function writeVarint(bytes: number[], value: bigint): void {
  let rest = value;
  for (; rest >= 128n; rest >>= 7n) bytes.push(Number(rest & 127n) | 128);
  bytes.push(Number(rest));
}
