// EXIF put into a file that has none, as it is: sharp only writes texts of it. JPEG's APP1 (CIPA DC-008), PNG's eXIf, WebP's
// EXIF chunk, a TIFF's own directory. The pieces of the file come out, so that a large one is never copied.

import { crc32 } from "node:zlib";
import { inTiff } from "./tiff-exif.ts";

/** null where the format has no place that we know. */
export function withExif(format: string, bytes: Buffer, exif: Buffer): Buffer[] | null {
  if (format === "jpeg") return inJpeg(bytes, exif);
  if (format === "png") return inPng(bytes, exif);
  if (format === "webp") return inWebp(bytes, exif);
  return format === "tiff" ? inTiff(bytes, exif) : null;
}

function inJpeg(bytes: Buffer, exif: Buffer): Buffer[] {
  const head = Buffer.from("\xff\xe1\0\0Exif\0\0", "latin1");
  head.writeUInt16BE(exif.length + 8, 2);
  return [bytes.subarray(0, 2), head, exif, bytes.subarray(2)];
}

function inPng(bytes: Buffer, exif: Buffer): Buffer[] {
  const behindHeader = 8 + 25; // the signature and IHDR
  const content = Buffer.concat([Buffer.from("eXIf", "latin1"), exif]);
  const [length, checksum] = [Buffer.alloc(4), Buffer.alloc(4)];
  length.writeUInt32BE(exif.length);
  checksum.writeUInt32BE(crc32(content));
  return [bytes.subarray(0, behindHeader), length, content, checksum, bytes.subarray(behindHeader)];
}

/** null without the extended header, which files with XMP have. */
function inWebp(bytes: Buffer, exif: Buffer): Buffer[] | null {
  if (bytes.toString("latin1", 12, 16) !== "VP8X") return null;
  const head = Buffer.from(bytes.subarray(0, 30));
  const chunk = Buffer.from("EXIF\0\0\0\0", "latin1");
  chunk.writeUInt32LE(exif.length, 4);
  const padding = Buffer.alloc(exif.length & 1);
  head[20]! |= 0x08;
  head.writeUInt32LE(head.readUInt32LE(4) + chunk.length + exif.length + padding.length, 4);
  return [head, bytes.subarray(30), chunk, exif, padding];
}
