// alpha: the first, smallest network of emilwallner/Coloring-greyscale-images. Scaled like beta.

import { chainModel } from "./regression/regression.ts";

export const alpha = chainModel({
  kind: "alpha",
  description: "The smallest encoder and decoder; mean squared error of the chroma.",
  source: "emilwallner/Coloring-greyscale-images, alpha version",
  layers: [
    { name: "conv1", outputs: 8, stride: 2 },
    { name: "conv2", outputs: 8 },
    { name: "conv3", outputs: 16 },
    { name: "conv4", outputs: 16, stride: 2 },
    { name: "conv5", outputs: 32 },
    { name: "conv6", outputs: 32, stride: 2, upsample: true },
    { name: "conv7", outputs: 32, upsample: true },
    { name: "conv8", outputs: 16, upsample: true },
    { name: "conv9", outputs: 2, activation: "tanh" },
  ],
});
