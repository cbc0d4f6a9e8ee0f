// The color code points of an AVIF's primary picture (ISO/IEC 23008-12): box meta holds pitm, the primary's number,
// and iprp with all properties (ipco) and which item has which (ipma). A profile, where there is one as well, goes
// before them; libheif has used the matrix and the range already.

import type { CodePoints } from "./cicp.ts";

/** null where there are none. */
export function heifCodePoints(bytes: Buffer): CodePoints | null {
  try {
    const meta = find(boxes(bytes, 0), "meta");
    if (meta === undefined) return null;
    const parts = boxes(meta, 4);
    const [pitm, iprp] = [find(parts, "pitm"), find(parts, "iprp")];
    if (pitm === undefined || iprp === undefined) return null;
    const primary = pitm[0] === 0 ? pitm.readUInt16BE(4) : pitm.readUInt32BE(4);
    const kinds = boxes(iprp, 0);
    const properties = boxes(find(kinds, "ipco")!, 0);
    for (const { name, content } of kinds) {
      if (name !== "ipma") continue;
      for (const index of associated(content, primary)) {
        const property = properties[index - 1];
        if (property?.name !== "colr" || property.content.toString("latin1", 0, 4) !== "nclx") continue;
        return { primaries: property.content.readUInt16BE(4), transfer: property.content.readUInt16BE(6) };
      }
    }
  } catch (error) {
    // Cut short: decoding says so.
    if (!(error instanceof RangeError || error instanceof TypeError)) throw error;
  }
  return null;
}

type Box = { readonly name: string; readonly content: Buffer };

function find(among: readonly Box[], name: string): Buffer | undefined {
  return among.find((box) => box.name === name)?.content;
}

function boxes(bytes: Buffer, from: number): Box[] {
  const found: Box[] = [];
  for (let at = from; at + 8 <= bytes.length; ) {
    const short = bytes.readUInt32BE(at);
    const head = short === 1 ? 16 : 8;
    const length =
      short === 1 ? Number(bytes.readBigUInt64BE(at + 8)) : short === 0 ? bytes.length - at : short;
    if (length < head) break;
    found.push({
      name: bytes.toString("latin1", at + 4, at + 8),
      content: bytes.subarray(at + head, at + length),
    });
    at += length;
  }
  return found;
}

/** Numbers, from 1 on, of the properties that an item has. */
function associated(ipma: Buffer, item: number): number[] {
  const [isLongId, isLongIndex] = [ipma[0]! >= 1, (ipma[3]! & 1) === 1];
  let at = 8;
  for (let entry = ipma.readUInt32BE(4); entry > 0; entry--) {
    const id = isLongId ? ipma.readUInt32BE(at) : ipma.readUInt16BE(at);
    at += isLongId ? 4 : 2;
    const indices: number[] = [];
    for (let count = ipma.readUInt8(at++); count > 0; count--) {
      indices.push(isLongIndex ? ipma.readUInt16BE(at) & 0x7fff : ipma.readUInt8(at) & 0x7f);
      at += isLongIndex ? 2 : 1;
    }
    if (id === item) return indices;
  }
  return [];
}
