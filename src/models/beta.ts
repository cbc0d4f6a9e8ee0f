// beta: the plain encoder and decoder of emilwallner/Coloring-greyscale-images. Differences, on purpose: chroma is
// scaled by 110 so that it covers all of sRGB (there 128), and luma is L / 50 - 1 (there raw L).

import { chainModel } from "./regression/regression.ts";

export const beta = chainModel({
  kind: "beta",
  description: "Plain convolutional encoder and decoder; mean squared error of the chroma.",
  source: "emilwallner/Coloring-greyscale-images, beta version",
  layers: [
    { name: "conv1", outputs: 64 },
    { name: "conv2", outputs: 64, stride: 2 },
    { name: "conv3", outputs: 128 },
    { name: "conv4", outputs: 128, stride: 2 },
    { name: "conv5", outputs: 256 },
    { name: "conv6", outputs: 256, stride: 2 },
    { name: "conv7", outputs: 512 },
    { name: "conv8", outputs: 256 },
    { name: "conv9", outputs: 128, upsample: true },
    { name: "conv10", outputs: 64, upsample: true },
    { name: "conv11", outputs: 32 },
    { name: "conv12", outputs: 2, activation: "tanh", upsample: true },
  ],
});
