// gamma: the "full version" of emilwallner/Coloring-greyscale-images, told by a classifier what the whole picture shows.

import { embeddingOptions, embeddingPaths } from "../embedding.ts";
import { model } from "../model.ts";
import { regression } from "../regression/regression.ts";

export const gamma = model({
  kind: "gamma",
  description: "Encoder and decoder with a classifier's output in between.",
  source: "emilwallner/Coloring-greyscale-images, full version",
  ...regression,
  options: embeddingOptions,
  needs: "embedding",
  problems({ classifier, fine_tune }) {
    if (!fine_tune || !("weights" in classifier) || !/\.onnx$/i.test(classifier.weights)) return [];
    const text =
      "expected false for an .onnx file, which is run as it is; weights to train come from .safetensors or .json";
    return [{ path: ["model", "fine_tune"], text }];
  },
  paths: embeddingPaths,
  load: async () => (await import("./gamma-network.ts")).gammaNetwork,
});
