// Pictures tagged with a color profile: a minimal ICC version 2 profile (matrix and gamma) put into a JPEG.

import type { Sharp } from "sharp";

/** Columns of the matrix to XYZ under D50, as brucelindbloom.com gives them for Adobe RGB (1998). */
const adobe = {
  rXYZ: [0.60974, 0.31111, 0.01947],
  gXYZ: [0.20528, 0.62567, 0.06087],
  bXYZ: [0.14919, 0.06322, 0.74457],
  wtpt: [0.9642, 1, 0.8249],
};

/** A profile for Adobe RGB (1998) with the standard's gamma of 563/256. */
export function adobeProfile(name = "Adobe RGB (1998)"): Buffer {
  const tags: [string, Buffer][] = Object.entries(adobe).map(([tag, values]) => {
    const content = Buffer.alloc(20);
    content.write("XYZ ", 0, "latin1");
    for (const [at, value] of values.entries()) content.writeInt32BE(Math.round(value * 65536), 8 + 4 * at);
    return [tag, content];
  });
  const curve = Buffer.alloc(16);
  curve.write("curv", 0, "latin1");
  curve.writeUInt32BE(1, 8);
  curve.writeUInt16BE(563, 12);
  for (const tag of ["rTRC", "gTRC", "bTRC"]) tags.push([tag, curve]);
  const desc = Buffer.alloc(108 + name.length);
  desc.write("desc", 0, "latin1");
  desc.writeUInt32BE(name.length + 1, 8);
  desc.write(name, 12, "latin1");
  tags.push(["desc", desc], ["cprt", Buffer.from("text\0\0\0\0none\0\0\0\0", "latin1")]);

  const table = Buffer.alloc(4 + 12 * tags.length);
  table.writeUInt32BE(tags.length, 0);
  const contents: Buffer[] = [];
  let at = 128 + table.length;
  for (const [index, [tag, content]] of tags.entries()) {
    const padded = Buffer.concat([content, Buffer.alloc(-content.length & 3)]);
    table.write(tag, 4 + 12 * index, "latin1");
    table.writeUInt32BE(at, 8 + 12 * index);
    table.writeUInt32BE(content.length, 12 + 12 * index);
    contents.push(padded);
    at += padded.length;
  }
  const header = Buffer.alloc(128);
  header.writeUInt32BE(at, 0);
  header.writeUInt32BE(0x02200000, 8);
  header.write("mntrRGB XYZ ", 12, "latin1");
  header.write("acsp", 36, "latin1");
  for (const [index, value] of adobe.wtpt.entries()) {
    header.writeInt32BE(Math.round(value * 65536), 68 + 4 * index);
  }
  return Buffer.concat([header, table, ...contents]);
}

/** The picture as a JPEG whose numbers mean what `profile` says. */
export async function tagged(picture: Sharp, profile: Buffer): Promise<Buffer> {
  const jpeg = await picture.jpeg({ quality: 100, chromaSubsampling: "4:4:4" }).toBuffer();
  const segment = Buffer.concat([Buffer.from("ICC_PROFILE\0\u0001\u0001", "latin1"), profile]);
  const marker = Buffer.of(0xff, 0xe2, (segment.length + 2) >> 8, (segment.length + 2) & 0xff);
  return Buffer.concat([jpeg.subarray(0, 2), marker, segment, jpeg.subarray(2)]);
}
