// What a user may write in `metrics` and `evaluate`: what is measured, and on which images beside seen and unseen.

import { z } from "zod";
import { metricSchema, usualMetrics } from "../../metrics/metrics.ts";
import { text } from "../../settings/leaves.ts";
import { evaluationSet } from "./dataset-schema.ts";

export const metrics = z
  .array(metricSchema, { error: "a list such as [psnr, ssim]" })
  .default([...usualMetrics])
  .describe(
    "What is measured whenever samples are drawn, on seen, unseen and every set of `evaluate`; [] measures nothing. `psnr` is short for `{name: psnr}`.",
  );

export const evaluate = z
  .record(text(), evaluationSet, { error: "a mapping such as {portraits: {kind: celeba, root: celeba}}" })
  .default({})
  .describe(
    "Sets of images to measure on beside seen and unseen, each by a name of its own. null in place of a set takes away one of a file that this one extends, null in place of them all takes all away.",
  );
