// Frechet Inception distance, or of whatever features the ONNX file extracts: how far the displayed pictures as a whole
// are from the real ones. One number for a set of at least two images. With few images it is too large: compare sets of
// the same size only.

import { openOnnxClassifier } from "../onnx-classifier.ts";
import { frechetDistance } from "./frechet-distance.ts";
import type { Metric } from "./metric.ts";
import { resizedToUnit } from "./resize.ts";

/** What Inception v3 takes, for files that leave it open. */
const inceptionSize = 299;

export const fid: Metric<{ readonly name: "fid"; readonly weights: string }> = {
  source: "Heusel et al. 2017; pytorch-fid",
  values: [
    { name: "fid", better: "lower", unit: "", description: "Frechet distance of features", of: "set" },
  ],
  async open({ weights }, { threads }) {
    const extractor = await openOnnxClassifier(weights, {
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
};
