// The registry of everything that an experiment may name in `metrics`: a new metric is one file and its line here.

import type { z } from "zod";
import type { SeriesKind } from "../runs/series.ts";
import type { ReadonlyDeep } from "../settings/readonly-deep.ts";
import { variants } from "../settings/variants.ts";
import { abL2 } from "./ab-l2.ts";
import { auc } from "./auc.ts";
import { ciede2000 } from "./ciede2000.ts";
import { clipped } from "./clipped.ts";
import { colorfulness } from "./colorfulness.ts";
import { fid } from "./fid.ts";
import { lpips } from "./lpips.ts";
import { kindsOf, type Metric } from "./metric.ts";
import { psnr } from "./psnr.ts";
import { ssim, ssimUniform } from "./ssim.ts";

/** Every metric, in the order of lists and tables. */
export const metrics = [
  psnr,
  ssim,
  ssimUniform,
  ciede2000,
  abL2,
  auc,
  colorfulness,
  clipped,
  lpips,
  fid,
] as const;

/** One item of `metrics`. */
export const metricSchema = variants("name", metrics);

export type MetricConfig = ReadonlyDeep<z.output<typeof metricSchema>>;

/** Those that are measured where an experiment names none. */
export const usualMetrics: readonly z.input<typeof metricSchema>[] = metrics.flatMap((metric) =>
  metric.usual ? [{ name: metric.name } as MetricConfig] : [],
);

/** The metric that `config` names. */
export function metricOf({ name }: Pick<MetricConfig, "name">): Metric {
  // Each takes the settings of its own name, which the lookup by name guarantees.
  return (metrics as unknown as readonly Metric[]).find((metric) => metric.name === name)!;
}

/** What the values of a metric mean, one for each number that it gives. */
export function metricKinds(config: MetricConfig): SeriesKind[] {
  return kindsOf(metricOf(config), config);
}
