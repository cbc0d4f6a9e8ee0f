// Streams into a file. A stream that fails while its file is still being opened would make the file later: in a folder that
// is removed by then, or for ever beside what took its place. So the file is closed when this ends, also where it fails.

import { once } from "node:events";
import { createWriteStream } from "node:fs";
import { pipeline } from "node:stream/promises";

export type StreamedOptions = {
  /** "wx" refuses a file that is there. */
  readonly flags: "w" | "wx";
  readonly signal?: AbortSignal;
};

/** The first of `steps` is read, the others change what they are given. Throws what one of them or the disk throws. */
export async function writeStreamed(
  file: string,
  steps: readonly (NodeJS.ReadableStream | NodeJS.ReadWriteStream)[],
  { flags, signal }: StreamedOptions,
): Promise<void> {
  const target = createWriteStream(file, { flags });
  try {
    await pipeline([...steps, target], signal === undefined ? {} : { signal });
  } finally {
    target.destroy();
    if (!target.closed) await once(target, "close");
  }
}
