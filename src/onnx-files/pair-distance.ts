// An ONNX file that takes two pictures in [-1, 1] and gives their distance.

import { messageOf, UserError } from "../errors.ts";
import { ort } from "../onnxruntime.ts";
import { arranged, openSession, type PictureLayout, pictureLayout, shapeOf } from "./open-session.ts";

export type PairDistance = {
  /** Sides of the two square pictures that it takes, pixels. */
  readonly inputSizes: readonly [number, number];
  /** Of two pictures [S, S, 3] in [-1, 1]. */
  distance(first: Float32Array, second: Float32Array): Promise<number>;
  close(): Promise<void>;
};

export type PairDistanceOptions = {
  /** For files that leave the height and width open. */
  readonly size: number;
  readonly threads: number | undefined;
};

/** Throws UserError. */
export async function openPairDistance(
  file: string,
  { size, threads }: PairDistanceOptions,
): Promise<PairDistance> {
  const session = await openSession(file, threads);
  try {
    const layouts = layoutsOf(file, session, size);
    await distance(file, session, layouts, [grey(layouts[0]), grey(layouts[1])]);
    return {
      inputSizes: [layouts[0].inputSize, layouts[1].inputSize],
      distance: (first, second) => distance(file, session, layouts, [first, second]),
      close: () => session.release(),
    };
  } catch (error) {
    await session.release();
    throw error;
  }
}

type Layouts = readonly [PictureLayout, PictureLayout];

function layoutsOf(file: string, session: ort.InferenceSession, size: number): Layouts {
  const [first, second, ...others] = session.inputMetadata;
  if (!first || !second || others.length > 0) {
    const names = session.inputNames.join(", ");
    throw new UserError(
      `${file}: expected a distance of two pictures, with two inputs, got ${session.inputNames.length}${names && ` (${names})`}`,
    );
  }
  const layouts: Layouts = [pictureLayout(file, first, size), pictureLayout(file, second, size)];
  const many = layouts.find(({ together }) => together !== null && together > 1);
  if (many) {
    throw new UserError(
      `${file}: expected one pair of pictures at a time, got ${many.name} of ${many.together}; export it with a batch of 1 or an open one`,
    );
  }
  return layouts;
}

function grey({ inputSize }: PictureLayout): Float32Array {
  return new Float32Array(inputSize * inputSize * 3);
}

async function distance(
  file: string,
  session: ort.InferenceSession,
  layouts: Layouts,
  pictures: readonly Float32Array[],
): Promise<number> {
  const feeds = layouts.map((layout, index) => [
    layout.name,
    new ort.Tensor("float32", arranged(pictures[index]!, layout, 1), shapeOf(layout, 1)),
  ]);
  const name = session.outputNames[0]!;
  let output: ort.Tensor;
  try {
    output = (await session.run(Object.fromEntries(feeds), [name]))[name] as ort.Tensor;
  } catch (error) {
    throw new UserError(`${file}: does not run on two pictures: ${messageOf(error).split("\n")[0]}`);
  }
  if (output.type !== "float32" || output.data.length !== 1) {
    throw new UserError(
      `${file}: expected a first output of one float32, the distance, got ${output.type} [${output.dims.join(", ")}]`,
    );
  }
  return (output.data as Float32Array)[0]!;
}
