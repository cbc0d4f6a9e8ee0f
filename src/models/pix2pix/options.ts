// What a user may write about pix2pix, with the options of pix2pixHD and SAGAN.

import { z } from "zod";
import { atLeast, channels, oneOf, whole } from "../../settings/leaves.ts";
import type { SettingsOf } from "../../settings/variants.ts";

const networks = ["generator", "discriminator"] as const;
const networkList = () => z.array(oneOf(networks), { error: "a list of generator and discriminator" });

const discriminator = z
  .strictObject({
    width: whole("channels", { least: 1, most: 1024 })
      .nullable()
      .default(null)
      .describe("Channels of its first layer (ndf); null takes the generator's."),
    n_layers: whole("layers", { least: 1, most: 6 })
      .default(3)
      .describe("Convolutions of stride 2; 3 judge patches of 70x70 pixels, 1 of 16x16."),
    scales: whole("scales", { least: 1, most: 3 })
      .default(1)
      .describe("Discriminators on the picture, its half and its quarter, as in pix2pixHD."),
    feature_matching: atLeast(0)
      .default(0)
      .describe("Weight of pix2pixHD's feature matching, there 10; 0 is none."),
    padding: z
      .union([z.literal(1), z.literal(2)], { error: "1, 2 or null" })
      .nullable()
      .default(null)
      .describe("Of its convolutions; null is 1 as in pix2pix, or 2 as in pix2pixHD with several scales."),
  })
  .prefault({})
  .describe("pix2pix's second network, which judges the pictures of the first.");

const attention = z
  .strictObject({
    in: networkList()
      .min(1, { error: "at least one of generator, discriminator" })
      .default(["discriminator"])
      .describe("Which networks attend."),
    at: whole("pixels", { least: 2, most: 512 })
      .default(32)
      .describe("Side of the map that attends to itself."),
    form: oneOf(["full", "pooled"])
      .default("full")
      .describe("full: every place looks at every other; pooled: at every 2x2 square, as in Google's code."),
  })
  .nullable()
  .default(null)
  .describe("Self-attention as in SAGAN; null is none.");

export const pix2pixOptions = {
  color: oneOf(["lab", "rgb"])
    .default("lab")
    .describe("What the generator makes of luma: chroma (lab), or the whole picture (rgb)."),
  width: channels("Channels of the generator's first layer (ngf).", 64),
  depth: whole("halvings", { least: 5, most: 9 })
    .nullable()
    .default(null)
    .describe("Halvings of the U-Net; null is as many as the image size allows, at most 8 (unet_256)."),
  norm: oneOf(["batch", "instance", "none"]).default("batch").describe("Of both networks."),
  dropout: oneOf(["reference", "paper", "none"])
    .default("reference")
    .describe("In the blocks that the reference code drops out, or in the first three of the decoder."),
  gan_loss: oneOf(["vanilla", "lsgan", "hinge"])
    .default("vanilla")
    .describe("Cross-entropy, least squares or hinge."),
  l1_weight: atLeast(0).default(100).describe("Weight of the L1 distance beside the GAN loss."),
  discriminator,
  attention,
  spectral_norm: networkList().default([]).describe("Networks whose kernels are spectrally normalized."),
  evaluation: oneOf(["running", "batch_stats"])
    .default("running")
    .describe(
      "What batch norm uses after training: running statistics, or each image's own as pix2pix tests.",
    ),
};

export type Pix2PixSettings = SettingsOf<typeof pix2pixOptions>;
