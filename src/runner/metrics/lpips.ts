// Learned perceptual image patch similarity, from an ONNX file that takes two pictures in [-1, 1] and gives their
// distance, as an export of the lpips package does. Which network it is decides its numbers: the file is named by its
// user, and only runs with the same file compare.

import { messageOf, UserError } from "../../errors.ts";
import { ort } from "../../onnxruntime.ts";
import { arranged, openSession, type PictureLayout, pictureLayout, shapeOf } from "../onnx-pictures.ts";
import type { Metric } from "./metric.ts";
import { resizedToUnit } from "./resize.ts";

export const lpips: Metric<{ readonly name: "lpips"; readonly weights: string }> = {
  source: "Zhang, Isola, Efros, Shechtman, Wang 2018",
  values: [
    {
      name: "lpips",
      better: "lower",
      unit: "",
      description: "learned perceptual image patch similarity, a distance",
      of: "image",
    },
  ],
  async open({ weights }, { size, threads }) {
    const session = await openSession(weights, threads);
    try {
      const layouts = layoutsOf(weights, session, size);
      await distance(weights, session, layouts, [grey(layouts[0]), grey(layouts[1])]);
      return {
        async measure(pair) {
          const pictures = [pair.real, pair.shown].map((picture, index) =>
            resizedToUnit(picture, pair.size, layouts[index]!.inputSize),
          );
          return [await distance(weights, session, layouts, pictures)];
        },
        close: () => session.release(),
      };
    } catch (error) {
      await session.release();
      throw error;
    }
  },
};

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
