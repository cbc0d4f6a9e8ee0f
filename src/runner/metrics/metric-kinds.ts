// What the values of a metric mean, as series of a set of images.

import type { MetricConfig } from "../../experiment/experiment.ts";
import { type SeriesKind, seriesKind } from "../../runs/series.ts";
import { metricOf } from "./metrics.ts";

/** One for each number that the metric gives. */
export function metricKinds(config: MetricConfig): SeriesKind[] {
  const { source, values } = metricOf(config);
  return values.map(({ of: _, ...value }) => seriesKind({ ...value, family: "metric", source }));
}
