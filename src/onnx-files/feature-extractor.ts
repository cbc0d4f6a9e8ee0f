// A network of any make that takes pictures, such as a classifier, as an ONNX file that ONNX Runtime runs as it is: frozen,
// and asked for whatever its first output is. What it takes is read off its input: [N, 3, S, S] or [N, S, S, 3].

import { messageOf, UserError } from "../errors.ts";
import { ort } from "../onnxruntime.ts";
import { sizeOf } from "../training-step.ts";
import { arranged, openSession, type PictureLayout, pictureLayout, shapeOf } from "./open-session.ts";

export type FeatureExtractor = {
  /** Length of its first output for one picture, flattened. */
  readonly size: number;
  /** Side of the square pictures that it takes, pixels. */
  readonly inputSize: number;
  /** Pictures [count, inputSize, inputSize, 3] in [-1, 1] to [count, size]. */
  embed(pictures: Float32Array, count: number): Promise<Float32Array>;
  close(): Promise<void>;
};

export type FeatureExtractorOptions = {
  readonly threads?: number;
  /** For files that leave the height and width open. */
  readonly defaultInputSize?: number;
  /** What messages call it. */
  readonly what?: string;
};

/** Throws UserError. */
export async function openFeatureExtractor(
  file: string,
  { threads, defaultInputSize = 224, what = "a classifier" }: FeatureExtractorOptions = {},
): Promise<FeatureExtractor> {
  const session = await openSession(file, threads);
  try {
    const layout = layoutOf(file, session, defaultInputSize, what);
    const output = session.outputNames[0]!;
    const run = async (pictures: Float32Array, count: number) => {
      const tensor = new ort.Tensor("float32", arranged(pictures, layout, count), shapeOf(layout, count));
      const result = (await session.run({ [layout.name]: tensor }, [output]))[output]!;
      return { data: result.data as Float32Array, dims: result.dims, type: result.type };
    };
    const { inputSize, together } = layout;
    const pictureSize = inputSize * inputSize * 3;
    const tried = together ?? 2;
    const size = await probe(file, tried, () => run(new Float32Array(tried * pictureSize), tried));

    return {
      size,
      inputSize,
      async embed(pictures, count) {
        if (pictures.length !== count * pictureSize) {
          throw new Error(`expected ${count * pictureSize} numbers of pictures, got ${pictures.length}`);
        }
        const step = together ?? count;
        const answers = new Float32Array(count * size);
        for (let start = 0; start < count; start += step) {
          const some = pictures.subarray(start * pictureSize, (start + step) * pictureSize);
          const { data } = await run(filledUp(some, step * pictureSize), step);
          answers.set(data.subarray(0, Math.min(step, count - start) * size), start * size);
        }
        return answers;
      },
      close: () => session.release(),
    };
  } catch (error) {
    await session.release();
    throw error;
  }
}

function layoutOf(
  file: string,
  session: ort.InferenceSession,
  defaultInputSize: number,
  what: string,
): PictureLayout {
  const [input, ...others] = session.inputMetadata;
  if (!input || others.length > 0) {
    const names = session.inputNames.join(", ");
    throw new UserError(
      `${file}: expected ${what} with one input, got ${session.inputNames.length}${names && ` (${names})`}`,
    );
  }
  return pictureLayout(file, input, defaultInputSize);
}

/** The length of one picture's answer, from `count` grey pictures. */
async function probe(
  file: string,
  count: number,
  run: () => Promise<{ readonly type: string; readonly dims: readonly number[] }>,
): Promise<number> {
  let answer: Awaited<ReturnType<typeof run>>;
  try {
    answer = await run();
  } catch (error) {
    const why = messageOf(error).split("\n")[0];
    throw new UserError(
      `${file}: does not run on ${count === 1 ? "a picture" : `${count} pictures`}: ${why}`,
    );
  }
  const { type, dims } = answer;
  if (type !== "float32" || dims[0] !== count) {
    throw new UserError(
      `${file}: expected a first output of float32 with one row a picture, got ${type} [${dims.join(", ")}] for ${count}`,
    );
  }
  return sizeOf(dims.slice(1));
}

/** With black behind the last picture where a file takes more at once. */
function filledUp(pictures: Float32Array, length: number): Float32Array {
  if (pictures.length === length) return pictures;
  const filled = new Float32Array(length).fill(-1);
  filled.set(pictures);
  return filled;
}
