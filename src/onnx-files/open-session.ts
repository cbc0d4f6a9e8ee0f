// ONNX files that take pictures: opened, and asked how they want them, [N, 3, S, S] or [N, S, S, 3].

import { existsSync } from "node:fs";
import os from "node:os";
import { messageOf, UserError } from "../errors.ts";
import { ort } from "../onnxruntime.ts";

/** Throws UserError. */
export async function openSession(
  file: string,
  threads: number = os.availableParallelism(),
): Promise<ort.InferenceSession> {
  if (!existsSync(file)) throw new UserError(`${file}: no such file`);
  try {
    return await ort.InferenceSession.create(file, {
      executionProviders: ["cpu"],
      intraOpNumThreads: threads,
      interOpNumThreads: 1,
      graphOptimizationLevel: "all",
      logSeverityLevel: 4, // what goes wrong is said by the error that is thrown
    });
  } catch (error) {
    const why = messageOf(error).split("\n")[0];
    throw new UserError(`${file}: not an ONNX file that ONNX Runtime can run: ${why}`);
  }
}

export type PictureLayout = {
  readonly name: string;
  readonly channelsFirst: boolean;
  readonly inputSize: number;
  /** How many pictures the file takes at once; null is any number. */
  readonly together: number | null;
};

/** What an input of pictures takes. Throws UserError for any other. */
export function pictureLayout(
  file: string,
  input: ort.InferenceSession.ValueMetadata,
  defaultInputSize: number,
): PictureLayout {
  if (!input.isTensor) throw new UserError(`${file}: expected an input of pictures, got no tensor`);
  const { name, type, shape } = input;
  const channelsFirst = shape[1] === 3;
  if (shape.length !== 4 || (!channelsFirst && shape[3] !== 3)) {
    throw new UserError(
      `${file}: expected an input of pictures, [N, 3, S, S] or [N, S, S, 3], got ${name} [${shape.join(", ")}]`,
    );
  }
  if (type !== "float32") {
    throw new UserError(
      `${file}: expected an input of float32, got ${name} of ${type}; export the network with a float input`,
    );
  }
  const [height, width] = (channelsFirst ? shape.slice(2) : shape.slice(1, 3)).map(fixed);
  const inputSize = height ?? width ?? defaultInputSize;
  if ((width ?? inputSize) !== inputSize) {
    throw new UserError(`${file}: expected square pictures, got ${name} of ${height}x${width}`);
  }
  return { name, channelsFirst, inputSize, together: fixed(shape[0]) };
}

/** A length that the file fixes; null for one that it leaves open. */
function fixed(length: number | string | undefined): number | null {
  return typeof length === "number" && length > 0 ? length : null;
}

export function shapeOf({ channelsFirst, inputSize }: PictureLayout, count: number): readonly number[] {
  return channelsFirst ? [count, 3, inputSize, inputSize] : [count, inputSize, inputSize, 3];
}

/** Pictures [count, S, S, 3] as the layout has them. */
export function arranged(
  pictures: Float32Array,
  { channelsFirst, inputSize }: PictureLayout,
  count: number,
): Float32Array {
  if (!channelsFirst) return pictures;
  const pixels = inputSize * inputSize;
  const planes = new Float32Array(pictures.length);
  for (let picture = 0; picture < count; picture++) {
    const start = picture * pixels * 3;
    for (let pixel = 0; pixel < pixels; pixel++) {
      for (let channel = 0; channel < 3; channel++) {
        planes[start + channel * pixels + pixel] = pictures[start + pixel * 3 + channel]!;
      }
    }
  }
  return planes;
}
