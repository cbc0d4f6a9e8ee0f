// The answers about the images of a data set, kept beside the prepared images. The file is named after the data set's
// fingerprint and so in the order that the fingerprint fixes, the seen images and then the unseen ones: places in the
// listing may be other ones the next time, where a file that is not used has another name. A CRC-32 stands at its end.

import { readFileSync } from "node:fs";
import path from "node:path";
import { crc32 } from "node:zlib";
import { answersFileName } from "../../datasets/cache/cache-entries.ts";
import type { PreparedDataset } from "../../datasets/prepare/prepare.ts";
import type { Output } from "../../output.ts";
import { writeWhole } from "../../whole-file.ts";
import { type Asker, askedAtOnce } from "./asker.ts";

export type VectorsContext = {
  readonly dataset: PreparedDataset;
  readonly runsFolder: string;
  readonly output: Output;
  readonly signal: AbortSignal;
};

/** [dataset.ids, size], from the file where they were kept, or asked for and then kept; zeros where an image is not used. */
export async function allVectors(asker: Asker, context: VectorsContext): Promise<Float32Array> {
  const { dataset, runsFolder } = context;
  const { size, fingerprint } = asker;
  const used = Uint32Array.from([...dataset.seen, ...dataset.unseen]);
  const file = path.join(runsFolder, "cache", answersFileName(dataset.fingerprint, fingerprint));
  let answers = readKept(file, used.length * size);
  if (answers === null) {
    answers = await askAbout(used, asker, context);
    await keep(file, answers);
  }
  const values = new Float32Array(dataset.ids.length * size);
  for (const [place, index] of used.entries()) {
    values.set(answers.subarray(place * size, (place + 1) * size), index * size);
  }
  return values;
}

async function askAbout(
  images: Uint32Array,
  { size, ask }: Asker,
  { dataset, output, signal }: VectorsContext,
): Promise<Float32Array> {
  const answers = new Float32Array(images.length * size);
  const rgb = new Uint8Array(askedAtOnce * dataset.size * dataset.size * 3);
  const progress = output.progress(images.length);
  try {
    for (let start = 0; start < images.length; start += askedAtOnce) {
      signal.throwIfAborted();
      const part = images.subarray(start, start + askedAtOnce);
      dataset.read(part, rgb);
      answers.set((await ask(rgb)).subarray(0, part.length * size), start * size);
      progress.update(start + part.length, "images classified");
      await new Promise(setImmediate); // signals have their turn
    }
  } finally {
    progress.stop();
  }
  return answers;
}

/** null where the file is not there, or not as it was written. */
function readKept(file: string, length: number): Float32Array | null {
  try {
    const bytes = readFileSync(file);
    if (bytes.byteLength !== length * 4 + 4) return null;
    const answers = bytes.subarray(0, -4);
    if (bytes.readUInt32LE(answers.byteLength) !== crc32(answers)) return null;
    return new Float32Array(Uint8Array.from(answers).buffer);
  } catch {
    return null;
  }
}

/** Only saves time: a disk that is full or not writable is no reason not to train. */
async function keep(file: string, answers: Float32Array): Promise<void> {
  const bytes = Buffer.from(answers.buffer, answers.byteOffset, answers.byteLength);
  const checksum = Buffer.alloc(4);
  checksum.writeUInt32LE(crc32(bytes));
  await writeWhole(file, [bytes, checksum]).catch(() => {});
}
