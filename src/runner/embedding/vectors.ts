// The answers about all images of a data set, kept beside the prepared images.

import { readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { answersFileName } from "../../datasets/cache/cache-entries.ts";
import type { PreparedDataset } from "../../datasets/prepare/prepare.ts";
import type { Output } from "../../output.ts";
import { type Asker, askedAtOnce } from "./asker.ts";

export type VectorsContext = {
  readonly dataset: PreparedDataset;
  readonly runsFolder: string;
  readonly output: Output;
  readonly signal: AbortSignal;
};

/** [images, size], from the file where they were kept, or asked for and then kept. */
export async function allVectors(asker: Asker, context: VectorsContext): Promise<Float32Array> {
  const { dataset, runsFolder, output, signal } = context;
  const { size, fingerprint } = asker;
  const count = dataset.ids.length;
  const file = path.join(runsFolder, "cache", answersFileName(dataset.fingerprint, fingerprint));
  const kept = readKept(file, count * size);
  if (kept) return kept;

  const values = new Float32Array(count * size);
  const rgb = new Uint8Array(askedAtOnce * dataset.size * dataset.size * 3);
  const progress = output.progress(count);
  try {
    for (let start = 0; start < count; start += askedAtOnce) {
      signal.throwIfAborted();
      const length = Math.min(askedAtOnce, count - start);
      const indices = Uint32Array.from({ length }, (_, place) => start + place);
      dataset.read(indices, rgb);
      const answers = await asker.ask(rgb);
      values.set(answers.subarray(0, length * size), start * size);
      progress.update(start + length, "images classified");
      await new Promise(setImmediate); // signals have their turn
    }
  } finally {
    progress.stop();
  }
  keep(file, values);
  return values;
}

function readKept(file: string, length: number): Float32Array | null {
  try {
    const bytes = readFileSync(file);
    if (bytes.byteLength !== length * 4) return null;
    return new Float32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength));
  } catch {
    return null;
  }
}

/** Only saves time: a disk that is full or not writable is no reason not to train. */
function keep(file: string, values: Float32Array): void {
  const temporary = `${file}.${process.pid}.tmp`;
  try {
    writeFileSync(temporary, values);
    renameSync(temporary, file);
  } catch {
    rmSync(temporary, { force: true });
  }
}
