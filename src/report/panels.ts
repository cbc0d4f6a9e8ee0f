// Charts as data: what stands in which frame. The page draws them (client/curves.js), and so does the PNG
// (chart-config.ts).

import type { Series } from "../store/rows.ts";
import { sampledIndices } from "./downsample.ts";
import { formatNumber, plural } from "./format.ts";
import type { ReportRun } from "./read-report-runs.ts";
import { seriesLabel } from "./series-label.ts";

export type Curve = {
  readonly label: string;
  /** Number of the run in the page: hidden with it. */
  readonly run: number;
  /** Position in the palette; null draws it thin and grey, as one of many. */
  readonly color: number | null;
  /** Whether it has a value for every step, or one for every epoch. */
  readonly every: "step" | "epoch";
  readonly stepsPerEpoch: number;
  readonly epoch: Float64Array;
  readonly seconds: Float64Array;
  readonly value: Float64Array;
};

export type Panel = {
  readonly id: string;
  readonly title: string;
  /** What a listener hears instead of the picture. */
  readonly description: string;
  readonly curves: readonly Curve[];
  /** A value that is worth a line across, such as the 0.5 of a score. */
  readonly reference: number | null;
  /** Ends of the linear axis; null fits the curves. */
  readonly range: readonly [number, number] | null;
  readonly notes: readonly string[];
};

/** Points that a page holds of one curve. */
export function pointsPerCurve(curves: number): number {
  return Math.round(Math.min(1000, Math.max(120, 200_000 / Math.max(1, curves))));
}

export function curveOf(
  series: Series,
  data: ReportRun,
  { label, run, color }: Pick<Curve, "label" | "run" | "color">,
  limit: number,
): Curve {
  const stepsPerEpoch = Math.max(1, data.run.stepsPerEpoch);
  const kept = sampledIndices(series.step, series.value, limit);
  const pick = (values: Float64Array) => Float64Array.from(kept, (index) => values[index]!);
  return {
    label,
    run,
    color,
    every: isPerEpoch(series, stepsPerEpoch) ? "epoch" : "step",
    stepsPerEpoch,
    epoch: pick(series.step).map((step) => step / stepsPerEpoch),
    seconds: pick(series.elapsedMs).map((ms) => ms / 1000),
    value: pick(series.value),
  };
}

function isPerEpoch({ name, step }: Series, stepsPerEpoch: number): boolean {
  return stepsPerEpoch === 1
    ? !/^train\/(loss|[GD]_)/.test(name)
    : step.every((at) => at % stepsPerEpoch === 0);
}

/** How many values are no numbers, and where they begin; null where all are. */
export function gapNote({ name, step, value }: Series, stepsPerEpoch: number): string | null {
  const bad = value.reduce((count, item) => count + Number(!Number.isFinite(item)), 0);
  if (bad === 0) return null;
  const first = step[value.findIndex((item) => !Number.isFinite(item))]!;
  return `${plural(bad, "value")} of ${seriesLabel(name)} ${bad === 1 ? "is" : "are"} not finite, the first at step ${first} (epoch ${formatNumber(first / Math.max(1, stepsPerEpoch))}); marked at the edge of the frame.`;
}

export function isLoss(name: string): boolean {
  return name === "loss" || /[/_]loss$/.test(name);
}
