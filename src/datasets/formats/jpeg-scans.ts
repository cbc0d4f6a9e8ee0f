// Whether a JPEG's picture is whole although a decoder complains (ITU-T T.81): every scan's Huffman codes are read,
// without making coefficients of them. Odd but harmless are wrong spectral parameters in a sequential scan, bytes
// between segments, and padding before a marker. A scan that ends early, a code that does not exist, or other bytes
// left over are damage. Arithmetic coding, lossless and hierarchical pictures are not looked into: they are not whole.

import { type Bits, bitsFrom, Damage, type Huffman, readTables, word } from "./jpeg-bits.ts";

type Component = {
  readonly across: number;
  readonly down: number;
  /** In blocks: of the picture, and of whole units of interleaved scans. */
  readonly width: number;
  readonly height: number;
  readonly stride: number;
  /** Which coefficients are not zero, two words a block: what later scans of a progressive picture refine. */
  readonly known: Uint32Array;
  dc: Huffman | undefined;
  ac: Huffman | undefined;
  isSeen: boolean;
};

type Frame = {
  readonly isProgressive: boolean;
  readonly components: ReadonlyMap<number, Component>;
  readonly unitsAcross: number;
  readonly unitsDown: number;
};

export function isWholeJpeg(bytes: Uint8Array): boolean {
  if (bytes[0] !== 0xff || bytes[1] !== 0xd8) return false;
  try {
    return readSegments(bytes);
  } catch (error) {
    if (error instanceof Damage || error instanceof RangeError) return false;
    throw error;
  }
}

/** Names a kind of JPEG that common decoders do not know; null for others. */
export function unusualJpeg(bytes: Uint8Array): string | null {
  for (let at = 2; at + 9 < bytes.length && bytes[at] === 0xff; ) {
    const marker = bytes[at + 1]!;
    if (marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker)) {
      if (bytes[at + 4] !== 8) return `JPEG of ${bytes[at + 4]} bits`;
      return marker === 0xc3 || marker === 0xcb ? "lossless JPEG" : null;
    }
    at += marker === 0xff ? 1 : 2 + word(bytes, at + 2);
  }
  return null;
}

function readSegments(bytes: Uint8Array): boolean {
  const tables = new Map<number, Huffman>();
  let frame: Frame | null = null;
  let interval = 0;
  let at = 2;
  while (at < bytes.length) {
    if (bytes[at] !== 0xff || bytes[at + 1]! === 0 || bytes[at + 1]! === 0xff) {
      at++;
      continue;
    }
    const marker = bytes[at + 1]!;
    at += 2;
    if (marker === 0xd9) return frame !== null && [...frame.components.values()].every((each) => each.isSeen);
    if ((marker >= 0xd0 && marker <= 0xd8) || marker === 1) continue;
    const content = bytes.subarray(at + 2, at + word(bytes, at));
    at += 2 + content.length;
    if (marker === 0xc4) readTables(content, tables);
    else if (marker === 0xdd) interval = word(content, 0);
    else if (marker >= 0xc0 && marker <= 0xc2) frame = readFrame(content, marker === 0xc2);
    else if (marker > 0xc2 && marker < 0xd0 && marker !== 0xc8) return false;
    else if (marker === 0xda) {
      if (frame === null) return false;
      at = readScan(bytes, at, content, frame, tables, interval);
    }
  }
  return false;
}

function readFrame(content: Uint8Array, isProgressive: boolean): Frame {
  const [height, width] = [word(content, 1), word(content, 3)];
  const given = Array.from({ length: content[5] ?? 0 }, (_, index) => content.subarray(6 + 3 * index));
  const sampling = given.map((each) => [each[1]! >> 4, each[1]! & 15] as const);
  const mostAcross = Math.max(...sampling.map(([across]) => across));
  const mostDown = Math.max(...sampling.map(([, down]) => down));
  const unitsAcross = Math.ceil(width / (8 * mostAcross));
  const unitsDown = Math.ceil(height / (8 * mostDown));
  const components = new Map<number, Component>();
  for (const [index, [across, down]] of sampling.entries()) {
    if (across === 0 || down === 0 || height === 0) throw new Damage();
    const stride = unitsAcross * across;
    components.set(given[index]![0]!, {
      across,
      down,
      width: Math.ceil(Math.ceil((width * across) / mostAcross) / 8),
      height: Math.ceil(Math.ceil((height * down) / mostDown) / 8),
      stride,
      known: new Uint32Array(isProgressive ? 2 * stride * unitsDown * down : 0),
      dc: undefined,
      ac: undefined,
      isSeen: false,
    });
  }
  return { isProgressive, components, unitsAcross, unitsDown };
}

/** Returns the place of the marker behind the scan; throws Damage. */
function readScan(
  bytes: Uint8Array,
  from: number,
  header: Uint8Array,
  frame: Frame,
  tables: ReadonlyMap<number, Huffman>,
  interval: number,
): number {
  const count = header[0] ?? 0;
  const components = Array.from({ length: count }, (_, index) => {
    const component = frame.components.get(header[1 + 2 * index]!);
    if (component === undefined) throw new Damage();
    component.dc = tables.get(header[2 + 2 * index]! >> 4);
    component.ac = tables.get(16 + (header[2 + 2 * index]! & 15));
    return component;
  });
  const [first, last, bits] = [header[1 + 2 * count]!, header[2 + 2 * count]!, header[3 + 2 * count]!];
  const isFirst = bits >> 4 === 0;
  const input = bitsFrom(bytes, from);
  const block = frame.isProgressive ? progressive(input, first, last, isFirst) : sequential(input);
  const [only] = components;
  const isAlone = count === 1;
  const units = isAlone ? only!.width * only!.height : frame.unitsAcross * frame.unitsDown;
  for (let unit = 0; unit < units; unit++) {
    if (interval > 0 && unit > 0 && unit % interval === 0) {
      input.restart((unit / interval - 1) & 7);
      block.restart();
    }
    if (isAlone) {
      block.read(only!, Math.floor(unit / only!.width) * only!.stride + (unit % only!.width));
      continue;
    }
    const [row, column] = [Math.floor(unit / frame.unitsAcross), unit % frame.unitsAcross];
    for (const each of components) {
      for (let y = 0; y < each.down; y++) {
        for (let x = 0; x < each.across; x++) {
          block.read(each, (row * each.down + y) * each.stride + column * each.across + x);
        }
      }
    }
  }
  if (!frame.isProgressive || (first === 0 && isFirst)) for (const each of components) each.isSeen = true;
  return input.end();
}

function sequential(input: Bits) {
  return {
    restart() {},
    read(component: Component): void {
      const size = input.symbol(component.dc);
      if (size > 15) throw new Damage();
      input.bits(size);
      for (let place = 1; place < 64; place++) {
        const symbol = input.symbol(component.ac);
        const [run, length] = [symbol >> 4, symbol & 15];
        if (length === 0 && run < 15) return;
        place += run;
        if (place > 63) throw new Damage();
        input.bits(length);
      }
    },
  };
}

function progressive(input: Bits, first: number, last: number, isFirst: boolean) {
  let endRun = 0;
  const isKnown = ({ known }: Component, block: number, place: number) =>
    (known[2 * block + (place >> 5)]! >>> (place & 31)) & 1;
  const learn = ({ known }: Component, block: number, place: number) => {
    known[2 * block + (place >> 5)]! |= 1 << (place & 31);
  };
  /** Passes `zeros` coefficients that are still zero, reading a bit for each other one on the way. */
  const pass = (component: Component, block: number, from: number, zeros: number): number => {
    let place = from;
    for (let left = zeros; place <= last; place++) {
      if (isKnown(component, block, place)) input.bit();
      else if (--left < 0) break;
    }
    return place;
  };
  const ends = (run: number) => {
    endRun = (1 << run) + input.bits(run) - 1;
  };
  return {
    restart() {
      endRun = 0;
    },
    read(component: Component, block: number): void {
      if (first === 0) {
        if (isFirst) input.bits(input.symbol(component.dc) & 15);
        else input.bit();
        return;
      }
      if (last > 63 || last < first) throw new Damage();
      let place = first;
      if (endRun > 0) {
        endRun--;
        if (!isFirst) pass(component, block, place, 64);
        return;
      }
      while (place <= last) {
        const symbol = input.symbol(component.ac);
        const [run, length] = [symbol >> 4, symbol & 15];
        if (length === 0 && run < 15) {
          ends(run);
          if (!isFirst) pass(component, block, place, 64);
          return;
        }
        if (!isFirst && length > 1) throw new Damage();
        input.bits(length);
        place = isFirst ? place + run : pass(component, block, place, run);
        if (place > last) {
          if (length === 0 && run === 15) return;
          throw new Damage();
        }
        if (length > 0) learn(component, block, place);
        place++;
      }
    },
  };
}
