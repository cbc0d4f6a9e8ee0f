// Charts as data: what stands in which frame. The page's script draws them, and so does `--png` (png/chart-config.ts).

import { formatNumber } from "../../../runs/format/numbers.ts";
import { plural } from "../../../runs/format/words.ts";
import type { Series } from "../../../store/rows.ts";
import type { NumberPool } from "../../numbers.ts";
import type { ReportRun } from "../../read-report-runs.ts";
import { seriesTitle } from "../../series.ts";
import type { CurveData, PanelData } from "./data.ts";
import { sampledIndices } from "./downsample.ts";

export type Curve = Omit<CurveData, "per" | "epoch" | "seconds" | "value"> & {
  readonly stepsPerEpoch: number;
  readonly epoch: Float64Array;
  readonly seconds: Float64Array;
  readonly value: Float64Array;
};

export type Panel = Omit<PanelData, "curves"> & {
  /** What a listener hears instead of the picture. */
  readonly description: string;
  readonly curves: readonly Curve[];
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
    every: series.spec.per,
    stepsPerEpoch,
    epoch: pick(series.step).map((step) => step / stepsPerEpoch),
    seconds: pick(series.elapsedMs).map((ms) => ms / 1000),
    value: pick(series.value),
  };
}

/** How many values are no numbers, and where they begin; null where all are. */
export function gapNote({ spec, step, value }: Series, stepsPerEpoch: number): string | null {
  const bad = value.reduce((count, item) => count + Number(!Number.isFinite(item)), 0);
  if (bad === 0) return null;
  const first = step[value.findIndex((item) => !Number.isFinite(item))]!;
  return `${plural(bad, "value")} of ${seriesTitle(spec)} ${bad === 1 ? "is" : "are"} not finite, the first at step ${first} (epoch ${formatNumber(first / Math.max(1, stepsPerEpoch))}); marked at the edge of the frame.`;
}

/** For the page's script. */
export function panelData(
  { id, title, reference, range, mixed, curves }: Panel,
  numbers: NumberPool,
): PanelData {
  return {
    id,
    title,
    reference,
    range,
    mixed,
    curves: curves.map(({ label, run, color, every, stepsPerEpoch, epoch, seconds, value }) => ({
      label,
      run,
      color,
      every,
      per: stepsPerEpoch,
      epoch: numbers.add(epoch),
      seconds: numbers.add(seconds),
      value: numbers.add(value),
    })),
  };
}
