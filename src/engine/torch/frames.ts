// Frames of the pipe between this process and worker.py: 4 bytes with the length of a JSON header, the header, and the
// bytes of the arrays whose sizes it names.

import type { Readable } from "node:stream";
import type { TensorArray } from "../../training-step.ts";

export type Frame = {
  readonly header: Readonly<Record<string, unknown>>;
  /** Of float32. */
  readonly arrays: readonly Float32Array[];
};

/** What behind the answers begin; what is printed before it is no frame. */
const mark = "\nhueristic torch worker 1\n";
const mostNoise = 64 * 1024;

/** Calls `onFrame` for each frame that comes; throws out of `onNoise` are the caller's. */
export function readFrames(
  stream: Readable,
  onFrame: (frame: Frame) => void,
  onNoise: (printed: string) => void,
): void {
  const parser = parseFrames(onNoise);
  let wanted = parser.next().value as number;
  let chunks: Buffer[] = [];
  let length = 0;
  stream.on("data", (chunk: Buffer) => {
    chunks.push(chunk);
    length += chunk.length;
    while (length >= wanted) {
      const all = chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks);
      const { value } = parser.next(all.subarray(0, wanted));
      chunks = [all.subarray(wanted)];
      length -= wanted;
      if (typeof value === "number") {
        wanted = value;
        continue;
      }
      if (value) onFrame(value);
      wanted = parser.next(Buffer.alloc(0)).value as number;
    }
  });
}

/** Asks for so many bytes, or gives a frame. */
function* parseFrames(onNoise: (printed: string) => void): Generator<number | Frame, never, Buffer> {
  let before = "";
  while (!before.endsWith(mark)) {
    before += (yield 1).toString("latin1");
    if (before.length > mostNoise) {
      onNoise(before);
      before = "";
    }
  }
  for (;;) {
    const size = (yield 4).readUInt32LE();
    const { sizes, ...header } = JSON.parse((yield size).toString()) as { sizes: number[] };
    const arrays: Float32Array[] = [];
    for (const bytes of sizes) {
      const data = yield bytes;
      // A copy, since the bytes need not lie at a multiple of four.
      arrays.push(new Float32Array(data.buffer.slice(data.byteOffset, data.byteOffset + data.length)));
    }
    yield { header, arrays };
  }
}

export type GivenArray = readonly [group: string, name: string, dtype: string, array: TensorArray];

/** What goes down the pipe, one after the other. */
export function writtenFrame(header: object, arrays: readonly GivenArray[]): Buffer[] {
  const named = arrays.map(([group, name, dtype, array]) => [group, name, dtype, array.byteLength]);
  const text = Buffer.from(JSON.stringify({ ...header, arrays: named }));
  const size = Buffer.alloc(4);
  size.writeUInt32LE(text.length);
  const bytes = arrays
    .filter(([, , , array]) => array.byteLength > 0)
    .map(([, , , { buffer, byteOffset, byteLength }]) => Buffer.from(buffer, byteOffset, byteLength));
  return [size, text, ...bytes];
}
