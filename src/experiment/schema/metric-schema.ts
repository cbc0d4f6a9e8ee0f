// What a user may write in `metrics` and `evaluate`: what is measured, and on which images beside seen and unseen.

import { z } from "zod";
import { kind, text } from "../../settings/leaves.ts";
import { evaluationSet } from "./dataset-schema.ts";

const plain = <const Name extends string>(name: Name, description: string) =>
  z.strictObject({ name: kind(name, description) });

const withWeights = <const Name extends string>(name: Name, description: string, takes: string) => {
  const error = `an .onnx file that takes ${takes}, as docs/metrics.md says how to make`;
  return z.strictObject({
    name: kind(name, description),
    weights: z
      .string({ error })
      .regex(/\S/, { error })
      .describe(`${error[0]!.toUpperCase()}${error.slice(1)}. A relative path starts at this file's folder.`),
  });
};

const metric = z.discriminatedUnion("name", [
  plain("psnr", "Peak signal-to-noise ratio of sRGB, dB."),
  plain("ssim", "Structural similarity of sRGB, 11x11 Gaussian window of sigma 1.5."),
  plain("ssim_uniform", "Structural similarity of sRGB, 7x7 uniform window: scikit-image's default."),
  plain("ciede2000", "Color difference CIEDE2000: mean and 95th percentile."),
  plain("ab_l2", "Mean distance of a and b of CIE Lab."),
  plain("auc", "Area under the curve of ab distances up to 150 (Zhang 2016)."),
  plain("colorfulness", "Colorfulness (Hasler and Suesstrunk 2003) and its ratio to the real images'."),
  plain("clipped", "Share of pixels whose color no screen shows."),
  withWeights("lpips", "Learned perceptual image patch similarity; needs a file.", "two pictures"),
  withWeights("fid", "Frechet Inception distance; needs a file.", "pictures and gives features"),
]);

export const metrics = z
  .array(metric, { error: "a list such as [psnr, ssim]" })
  .default([
    { name: "psnr" },
    { name: "ssim" },
    { name: "ciede2000" },
    { name: "ab_l2" },
    { name: "auc" },
    { name: "colorfulness" },
    { name: "clipped" },
  ])
  .describe(
    "What is measured whenever samples are drawn, on seen, unseen and every set of `evaluate`; [] measures nothing. `psnr` is short for `{name: psnr}`.",
  );

export const evaluate = z
  .record(text(), evaluationSet, { error: "a mapping such as {portraits: {kind: celeba, root: celeba}}" })
  .default({})
  .describe("Sets of images to measure on beside seen and unseen, each by a name of its own.");
