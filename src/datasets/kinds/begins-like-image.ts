// Whether a file begins as images do, whatever its name says: by the signatures of the formats.

import { open, stat } from "node:fs/promises";

const length = 12;

const signatures: readonly RegExp[] = [
  /^\xff\xd8\xff/, // JPEG
  /^\x89PNG/,
  /^GIF8/,
  /^RIFF....WEBP/s,
  /^(II[*+]\0|MM\0[*+])/, // TIFF
  /^BM/,
  /^P[1-7]\s/, // PNM
  /^....ftyp(avif|avis|heic|heix|heim|heis|mif1|msf1)/s,
  /^....(jP {2}|JXL )/s,
  /^\xff(O\xffQ|\n)/, // JPEG 2000 and JPEG XL without a container
];

/** false also where it cannot be read. */
export async function beginsLikeImage(path: string): Promise<boolean> {
  try {
    if (!(await stat(path)).isFile()) return false;
    const file = await open(path, "r");
    try {
      const { buffer, bytesRead } = await file.read(Buffer.alloc(length), 0, length, 0);
      const start = buffer.toString("latin1", 0, bytesRead);
      return signatures.some((signature) => signature.test(start));
    } finally {
      await file.close();
    }
  } catch {
    return false;
  }
}
