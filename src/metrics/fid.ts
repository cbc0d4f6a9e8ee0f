// Frechet Inception distance, or of whatever features the ONNX file extracts: how far the displayed pictures as a whole
// are from the real ones. One number for a set of at least two images. With few images it is too large: compare sets of
// the same size only.

import { frechetDistance } from "./frechet-distance.ts";
import { metric } from "./metric.ts";
import { resizedToUnit } from "./resize.ts";
import { sameFile, weightsOption } from "./weights-option.ts";

/** What Inception v3 takes, for files that leave it open. */
const inceptionSize = 299;

export const fid = metric({
  name: "fid",
  description: "Frechet Inception distance",
  needs: "a file",
  source: "Heusel et al. 2017; pytorch-fid",
  options: { weights: weightsOption("pictures and gives features") },
  usual: false,
  values: [{ name: "fid", better: "lower", unit: "", of: "set" }],
  compares: sameFile,
  paths: [["weights"]],
  async open({ weights }, { threads }) {
    const { openFeatureExtractor } = await import("../onnx-files/feature-extractor.ts");
    const extractor = await openFeatureExtractor(weights, {
      defaultInputSize: inceptionSize,
      what: "a feature extractor",
      ...(threads !== undefined && { threads }),
    });
    const { inputSize, size } = extractor;
    const pictures = new Float32Array(2 * inputSize * inputSize * 3);
    let [ofReal, ofShown]: Float32Array[][] = [[], []];
    return {
      async measure(pair) {
        pictures.set(resizedToUnit(pair.real, pair.size, inputSize));
        pictures.set(resizedToUnit(pair.shown, pair.size, inputSize), pictures.length / 2);
        const features = await extractor.embed(pictures, 2);
        ofReal!.push(features.slice(0, size));
        ofShown!.push(features.slice(size));
        return [];
      },
      ofSet() {
        const distance = ofReal!.length < 2 ? Number.NaN : frechetDistance(ofReal!, ofShown!, size);
        [ofReal, ofShown] = [[], []];
        return [distance];
      },
      close: () => extractor.close(),
    };
  },
});
