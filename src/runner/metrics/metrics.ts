// The registry of everything that an experiment may name in `metrics`.

import type { MetricConfig } from "../../experiment/experiment.ts";
import { abL2 } from "./ab-l2.ts";
import { auc } from "./auc.ts";
import { ciede2000 } from "./ciede2000.ts";
import { clipped } from "./clipped.ts";
import { colorfulness } from "./colorfulness.ts";
import { fid } from "./fid.ts";
import { lpips } from "./lpips.ts";
import type { Metric } from "./metric.ts";
import { psnr } from "./psnr.ts";
import { ssim, ssimUniform } from "./ssim.ts";

/** Every metric, by the name that experiment files use. */
export const metrics = {
  psnr,
  ssim,
  ssim_uniform: ssimUniform,
  ciede2000,
  ab_l2: abL2,
  auc,
  colorfulness,
  clipped,
  lpips,
  fid,
} satisfies { readonly [Name in MetricConfig["name"]]: Metric<Extract<MetricConfig, { name: Name }>> };

/** The metric that `config` names. */
export function metricOf({ name }: MetricConfig): Metric {
  // Each entry takes the config of its own name, which the lookup by name guarantees.
  return metrics[name] as Metric;
}
