// Pictures small enough for a page that is sent by e-mail. Stored ones are lossless (docs/decisions/0004); where they do
// not fit, they are encoded again, in these steps, and the page says which one it was.

import sharp, { type WebpOptions } from "sharp";
import type { Blob } from "../../store/rows.ts";

/** null leaves a picture as it is stored. */
export type Encoding = { readonly options: WebpOptions | null; readonly words: string };

/** Ever smaller. Near-lossless keeps the resolution of colors, which lossy WebP halves. */
export const encodings: readonly Encoding[] = [
  { options: null, words: "as stored, without loss" },
  { options: { nearLossless: true, quality: 40, effort: 4 }, words: "as WebP, near-lossless (level 40)" },
  { options: { quality: 90, smartSubsample: true }, words: "as WebP of quality 90" },
  { options: { quality: 80, smartSubsample: true }, words: "as WebP of quality 80" },
  { options: { quality: 65, smartSubsample: true }, words: "as WebP of quality 65" },
  { options: { quality: 45, smartSubsample: true }, words: "as WebP of quality 45" },
];

/** Never larger than what was given. */
async function encodePicture(blob: Blob, { options }: Encoding): Promise<Blob> {
  if (!/^image\/[\w.+-]+$/.test(blob.mime)) throw new Error(`${blob.mime} is no kind of image`);
  if (options === null) return blob;
  const bytes = await sharp(blob.bytes).webp(options).toBuffer();
  return bytes.length < blob.bytes.length ? { mime: "image/webp", bytes } : blob;
}

/** Picture by picture, several at a time. */
export async function encodePictures(
  hashes: readonly string[],
  blobOf: (hash: string) => Blob,
  encoding: Encoding,
): Promise<Blob[]> {
  const encoded = new Array<Blob>(hashes.length);
  let next = 0;
  const work = async () => {
    for (let index = next++; index < hashes.length; index = next++) {
      encoded[index] = await encodePicture(blobOf(hashes[index]!), encoding);
    }
  };
  await Promise.all(Array.from({ length: 8 }, work));
  return encoded;
}

/** Characters of a data set of pictures in the page: base64, quotes and comma. */
export function embeddedBytes(blobs: readonly Blob[]): number {
  return blobs.reduce((sum, { bytes }) => sum + 4 * Math.ceil(bytes.length / 3) + 3, 0);
}

const sampled = 60;

/** About how much room all would take: from every n-th of them. */
export async function estimateBytes(
  hashes: readonly string[],
  blobOf: (hash: string) => Blob,
  encoding: Encoding,
): Promise<number> {
  if (hashes.length === 0) return 0;
  const every = Math.max(1, Math.floor(hashes.length / sampled));
  const some = hashes.filter((_, index) => index % every === 0);
  const blobs = await encodePictures(some, blobOf, encoding);
  return (embeddedBytes(blobs) * hashes.length) / some.length;
}
