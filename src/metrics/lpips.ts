// Learned perceptual image patch similarity, from an ONNX file that takes two pictures in [-1, 1] and gives their
// distance, as an export of the lpips package does. Which network it is decides its numbers: the file is named by its
// user, and only runs with the same file compare.

import { metric } from "./metric.ts";
import { resizedToUnit } from "./resize.ts";
import { sameFile, weightsOption } from "./weights-option.ts";

export const lpips = metric({
  name: "lpips",
  description: "learned perceptual image patch similarity",
  needs: "a file",
  source: "Zhang, Isola, Efros, Shechtman, Wang 2018",
  options: { weights: weightsOption("two pictures") },
  usual: false,
  values: [{ name: "lpips", better: "lower", unit: "", of: "image" }],
  compares: sameFile,
  paths: [["weights"]],
  async open({ weights }, { size, threads }) {
    const { openPairDistance } = await import("../onnx-files/pair-distance.ts");
    const { distance, inputSizes, close } = await openPairDistance(weights, { size, threads });
    return {
      async measure(pair) {
        const [first, second] = [pair.real, pair.shown].map((picture, index) =>
          resizedToUnit(picture, pair.size, inputSizes[index]!),
        );
        return [await distance(first!, second!)];
      },
      close,
    };
  },
});
