// What a run came to, as columns of a table: losses, whatever the metrics logged, times.

import { bestPoint, type Point } from "../runs/best.ts";
import { areComparable, type Origin } from "../runs/comparable.ts";
import { type Better, betterOf } from "./better.ts";
import { formatDuration, formatNumber } from "./format.ts";
import { type ReportRun, unseenLoss } from "./read-report-runs.ts";
import { seriesLabel } from "./series-label.ts";

export type Measure = {
  readonly name: string;
  /** Of its values, such as "dB"; empty for a plain number. */
  readonly unit: string;
  /** null marks no best value. */
  readonly better: Better;
  /** Whose values it shows, such as "unseen/loss"; null for what is no series of images. */
  readonly series: string | null;
  /** null where a run has none. */
  value(run: ReportRun): number | null;
  text(value: number, run: ReportRun): string;
};

/** Series of which more is better, where the store does not say what they mean. */
const higher = /\/(psnr|ssim|ssim_uniform|auc|average_precision|palette_used)$/;
/** Series that are no results: shares of colors have a table of their own. */
const noResult = /\/real$|^unseen\/emergence\/|^unseen\/color\/(brown|near_grey|spread_ratio)/;

/** All measures that at least one of the runs has. */
export function measuresOf(runs: readonly ReportRun[]): Measure[] {
  const names = new Set(runs.flatMap(({ series }) => series.map(({ name }) => name)));
  const metrics = [...names]
    .filter((name) => name.startsWith("unseen/") && name !== "unseen/loss" && !noResult.test(name))
    .map((name) => lastOf(name, runs));
  const paletteUsed = names.has("unseen/emergence/palette_used")
    ? [lastOf("unseen/emergence/palette_used", runs)]
    : [];
  const all = [finalLoss, bestLoss, ...metrics, ...paletteUsed, epochTime, totalTime];
  return all.filter((measure) => runs.some((run) => measure.value(run) !== null));
}

export function bestLossOf(run: ReportRun): number | null {
  return bestLossPoint(run)?.value ?? null;
}

function bestLossPoint({ series }: ReportRun): Point | null {
  const losses = series.find(({ name }) => name === "unseen/loss");
  return losses === undefined ? null : bestPoint(losses, "lower");
}

export const finalLoss: Measure = {
  name: unseenLoss,
  series: "unseen/loss",
  unit: "",
  better: "lower",
  value: ({ series }) => series.find(({ name }) => name === "unseen/loss")?.value.at(-1) ?? null,
  text: formatNumber,
};

export const bestLoss: Measure = {
  name: "best unseen loss",
  series: "unseen/loss",
  unit: "",
  better: "lower",
  value: bestLossOf,
  text(value, data) {
    const epoch = bestLossPoint(data)!.step / Math.max(1, data.run.stepsPerEpoch);
    return `${formatNumber(value)} (epoch ${formatNumber(epoch)})`;
  },
};

export const epochTime: Measure = {
  name: "time per epoch",
  series: null,
  unit: "s",
  better: "lower",
  value({ series }) {
    const seconds = series.find(({ name }) => name === "train/epoch_seconds")?.value;
    return seconds?.length ? seconds.reduce((sum, value) => sum + value, 0) / seconds.length : null;
  },
  text: (seconds) => formatDuration(seconds * 1000),
};

export const totalTime: Measure = {
  name: "total time",
  series: null,
  unit: "s",
  better: null,
  value: ({ durationMs }) => durationMs / 1000,
  text: (seconds) => formatDuration(seconds * 1000),
};

/** The newest value of a series. What is good is the store's word, where it has one. */
function lastOf(series: string, runs: readonly ReportRun[]): Measure {
  const metric = runs[0]?.metrics.get(series.replace(/^unseen\//, ""));
  const unit = metric === undefined || metric.unit === "ratio" ? "" : metric.unit;
  return {
    name: seriesLabel(series.replace(/^unseen\/(color\/|emergence\/)?/, "")),
    series,
    unit,
    better: metric === undefined ? guessed(series) : betterOf(metric.better),
    value: (run) => run.series.find(({ name }) => name === series)?.value.at(-1) ?? null,
    text: (value) => (unit === "" ? formatNumber(value) : `${formatNumber(value)} ${unit}`),
  };
}

/** A chroma ratio is good where it is near 1. */
function guessed(series: string): Better {
  if (higher.test(series)) return "higher";
  if (/ratio|\/colorfulness/.test(series)) return "one";
  return /\/clipped/.test(series) ? null : "lower";
}

/** What the values of a measure are of, in those runs that have one. */
export function originsOf(series: string, runs: readonly ReportRun[]): Origin[] {
  return runs.flatMap(({ run, series: all }) => {
    const spec = all.find(({ name }) => name === series)?.spec;
    return spec === undefined ? [] : [{ spec, images: run.datasetFingerprint }];
  });
}

/** Whether all runs' values of a measure compare. */
export function isFair({ series }: Pick<Measure, "series">, runs: readonly ReportRun[]): boolean {
  return series === null || areComparable(originsOf(series, runs));
}
