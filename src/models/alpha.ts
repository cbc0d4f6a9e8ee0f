// alpha: the first, smallest network of emilwallner/Coloring-greyscale-images. Scaled like beta.

import type { ChainLayer } from "./convolution-chain.ts";
import type { Model } from "./model.ts";
import { chainNetwork } from "./regression.ts";

const layers: readonly ChainLayer[] = [
  { name: "conv1", outputs: 8, stride: 2 },
  { name: "conv2", outputs: 8 },
  { name: "conv3", outputs: 16 },
  { name: "conv4", outputs: 16, stride: 2 },
  { name: "conv5", outputs: 32 },
  { name: "conv6", outputs: 32, stride: 2, upsample: true },
  { name: "conv7", outputs: 32, upsample: true },
  { name: "conv8", outputs: 16, upsample: true },
  { name: "conv9", outputs: 2, activation: "tanh" },
];

export const alpha: Model = {
  description: "the smallest encoder and decoder, luma to chroma, mean squared error",
  source: "emilwallner/Coloring-greyscale-images, alpha version",
  losses: ["loss"],
  build: (options) => chainNetwork(layers, options),
};
