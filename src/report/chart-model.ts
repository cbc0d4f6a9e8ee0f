// The curves of a run, thinned, with epochs on the x axis: what the page and the PNG both draw.

import type { Series } from "../store/rows.ts";
import { downsample, type Point, smooth } from "./downsample.ts";
import { formatNumber, plural, shorten } from "./format.ts";
import type { ReportRun } from "./read-report-runs.ts";

export type Curve = {
  readonly label: string;
  /** Index into the palette. */
  readonly color: number;
  /** faint: every batch; line: a smoothed series; points: one value per epoch. */
  readonly style: "faint" | "line" | "points";
  readonly points: readonly Point[];
};

export type ChartModel = {
  readonly id: string;
  /** What a listener hears instead of the picture. */
  readonly description: string;
  readonly yLabel: string;
  readonly curves: readonly Curve[];
  /** Top of the linear scale where single values stand far above the rest; null fits the curves. */
  readonly yMax: number | null;
  readonly notes: readonly string[];
  /** Whether a logarithmic scale makes sense. */
  readonly canBeLogarithmic: boolean;
};

/** The losses of one run; null where it has none. */
export function lossChart(id: string, data: ReportRun): ChartModel | null {
  const losses = shownLosses(data);
  if (losses.length === 0) return null;
  const curves: Curve[] = [];
  const notes: string[] = [];
  let color = 0;
  for (const series of losses) {
    notes.push(...gapNotes(series, data));
    if (isPerEpoch(series, data)) curves.push(pointsCurve(series, data, series.name, color++));
    else curves.push(...batchCurves(series, data, color++));
  }
  const yMax = linearTop(losses, curves, data);
  if (yMax !== null) {
    const above = losses.reduce(
      (sum, { value }) => sum + value.filter((item) => item > yMax && Number.isFinite(item)).length,
      0,
    );
    notes.push(
      `${plural(above, "value")} above ${formatNumber(yMax)} ${above === 1 ? "lies" : "lie"} outside the linear frame; the logarithmic scale shows all.`,
    );
  }
  if (curves.some(({ style }) => style === "line"))
    notes.push("The training loss is a moving average; the faint line behind it is every batch.");
  const unseen = losses.find(({ name }) => name === "unseen/loss");
  return {
    id,
    description: `Loss over epochs of ${shorten(data.run.name)}: ${losses.map(({ name, value }) => spoken(name, value)).join("; ")}`,
    yLabel: "loss",
    curves: [...curves].sort((a, b) => Number(a.style === "faint") - Number(b.style === "faint")),
    yMax,
    notes,
    canBeLogarithmic: (unseen ?? losses[0]!).value.some((value) => value > 0),
  };
}

/** One small chart per series that is no loss; colours have a table of their own, and real images do not change. */
export function otherCharts(id: string, data: ReportRun): ChartModel[] {
  return data.series
    .filter(
      ({ name, step }) => !isLoss(name) && !/^unseen\/emergence\/|\/real$/.test(name) && step.length > 0,
    )
    .map((series, index) => ({
      id: `${id}-other-${index}`,
      description: `${series.name} over epochs: ${spoken(series.name, series.value)}`,
      yLabel: seriesLabel(series.name),
      curves: [
        isPerEpoch(series, data)
          ? pointsCurve(series, data, series.name, 0)
          : {
              label: seriesLabel(series.name),
              color: 0,
              style: "line" as const,
              points: pointsOf(epochsOf(series, data), series.value, 500),
            },
      ],
      yMax: null,
      notes: gapNotes(series, data),
      canBeLogarithmic: false,
    }));
}

/** With more runs than this the training curves would bury the unseen ones. */
const mostTrainCurves = 4;

/** All runs in one frame, one colour each; null where no run has a loss. */
export function comparisonChart(
  id: string,
  runs: readonly ReportRun[],
  names: readonly string[],
): ChartModel | null {
  const curves: Curve[] = [];
  const notes: string[] = [];
  runs.forEach((data, color) => {
    const name = names[color]!;
    for (const series of shownLosses(data)) {
      if (isPerEpoch(series, data))
        curves.push(pointsCurve(series, data, `${name}, ${seriesLabel(series.name)}`, color));
      else if (runs.length <= mostTrainCurves)
        curves.push({
          ...batchCurves(series, data, color)[0]!,
          style: "faint",
          label: `${name}, ${seriesLabel(series.name)}`,
        });
      notes.push(...gapNotes(series, data).map((note) => `${name}: ${note}`));
    }
  });
  if (curves.length === 0) return null;
  if (curves.some(({ style }) => style === "faint"))
    notes.push("Points: unseen images, once per epoch. Thin lines: moving average of the training loss.");
  const top = robustTop(curves.filter(({ style }) => style === "points").flatMap(({ points }) => points));
  return {
    id,
    description: `Losses of ${plural(runs.length, "run")} over epochs`,
    yLabel: "loss",
    curves,
    yMax: top,
    notes,
    canBeLogarithmic: true,
  };
}

/** The mean of an epoch says nothing beside the curve of its batches. */
function shownLosses({ series }: ReportRun): Series[] {
  const losses = series.filter(({ name, step }) => isLoss(name) && step.length > 0);
  const hasBatches = losses.some(({ name }) => name === "train/loss");
  return losses.filter(({ name }) => !(hasBatches && name === "seen/loss"));
}

export function isLoss(name: string): boolean {
  return name === "loss" || /[/_]loss$/.test(name);
}

/** "unseen/loss" -> "unseen loss". */
export function seriesLabel(name: string): string {
  return name.replaceAll(/[/_]/g, " ");
}

function isPerEpoch(series: Series, data: ReportRun): boolean {
  return data.run.stepsPerEpoch <= 1
    ? series.name.startsWith("unseen/")
    : series.step.every((step) => step % data.run.stepsPerEpoch === 0);
}

function epochsOf(series: Series, data: ReportRun): Float64Array {
  return series.step.map((step) => step / Math.max(1, data.run.stepsPerEpoch));
}

function pointsOf(x: ArrayLike<number>, y: ArrayLike<number>, limit: number): Point[] {
  const compact = (value: number) => Number(value.toPrecision(6));
  return downsample(x, y, limit).map(([at, value]) => [compact(at), value === null ? null : compact(value)]);
}

function pointsCurve(series: Series, data: ReportRun, name: string, color: number): Curve {
  return {
    label: seriesLabel(name),
    color,
    style: "points",
    points: pointsOf(epochsOf(series, data), series.value, 1000),
  };
}

/** The smoothed curve and, faint behind it, every batch. */
function batchCurves(series: Series, data: ReportRun, color: number): [Curve, Curve] {
  const epochs = epochsOf(series, data);
  const span = Math.min(data.run.stepsPerEpoch, series.value.length / 25);
  const label = seriesLabel(series.name);
  return [
    { label, color, style: "line", points: pointsOf(epochs, smooth(series.value, span), 1000) },
    { label: `${label}, every batch`, color, style: "faint", points: pointsOf(epochs, series.value, 1000) },
  ];
}

function gapNotes(series: Series, data: ReportRun): string[] {
  const bad = series.value.reduce((count, value) => count + Number(!Number.isFinite(value)), 0);
  if (bad === 0) return [];
  const step = series.step[series.value.findIndex((value) => !Number.isFinite(value))]!;
  const epoch = formatNumber(step / Math.max(1, data.run.stepsPerEpoch));
  return [
    `${plural(bad, "value")} of ${seriesLabel(series.name)} ${bad === 1 ? "is" : "are"} not finite, the first at step ${step} (epoch ${epoch}); the curve has a gap there.`,
  ];
}

function linearTop(losses: readonly Series[], curves: readonly Curve[], data: ReportRun): number | null {
  const calm = losses.flatMap((series) =>
    isPerEpoch(series, data) ? [...series.value] : [quantile(series.value, 0.98)],
  );
  const top = 1.15 * calm.filter(Number.isFinite).reduce((most, value) => Math.max(most, value), 0);
  const most = maximum(curves.flatMap(({ points }) => points));
  return top > 0 && most > 1.5 * top ? top : null;
}

/** For curves that may diverge: three times the median of the values, where something is far above that. */
function robustTop(points: readonly Point[]): number | null {
  const values = Float64Array.from(points.flatMap(([, value]) => value ?? []));
  const top = 3 * quantile(values, 0.5);
  return top > 0 && maximum(points) > 2 * top ? top : null;
}

function maximum(points: readonly Point[]): number {
  return points.reduce((most, [, value]) => Math.max(most, value ?? 0), 0);
}

function quantile(values: Float64Array, share: number): number {
  const sorted = values.filter(Number.isFinite).sort();
  return sorted[Math.floor(share * (sorted.length - 1))] ?? Number.NaN;
}

function spoken(name: string, values: Float64Array): string {
  return `${seriesLabel(name)} from ${formatNumber(values[0] ?? Number.NaN)} to ${formatNumber(values.at(-1) ?? Number.NaN)}`;
}
