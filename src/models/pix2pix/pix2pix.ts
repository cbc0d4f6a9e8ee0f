// pix2pix (Isola et al. 2017) as junyanz/pytorch-CycleGAN-and-pix2pix has it. Two networks: the generator, whose L1 distance
// from the real picture is what seen and unseen losses are, and the discriminator.

import { model } from "../model.ts";
import { pix2pixOptions } from "./options.ts";
import { pix2pixProblems } from "./problems.ts";
import { l1Kind, pix2pixSeries } from "./series.ts";
import { depthFor, leastDepth } from "./shapes.ts";

export const pix2pix = model({
  kind: "pix2pix",
  description: "A U-Net trained against a discriminator of patches, and by the L1 distance.",
  source: "Isola et al. 2017; junyanz/pytorch-CycleGAN-and-pix2pix",
  options: pix2pixOptions,
  usualTrain: { optimizer: { name: "adam", learning_rate: 2e-4, beta1: 0.5 } },
  sizeStep: 2 ** leastDepth,
  networks: [
    { name: "generator", optimizer: "optimizer", rate: "learning_rate" },
    { name: "discriminator", optimizer: "discriminator_optimizer", rate: "discriminator_learning_rate" },
  ],
  needs: null,
  output: ({ color }) => (color === "lab" ? "chroma" : "rgb"),
  lossKind: l1Kind,
  series: pix2pixSeries,
  problems: pix2pixProblems,
  atSize: (config, { trained, used }) => ({
    ...config,
    depth: config.depth ?? depthFor(trained),
    attention: config.attention && { ...config.attention, at: (config.attention.at * used) / trained },
  }),
  load: async () => (await import("./pix2pix-network.ts")).pix2pixNetwork,
});
