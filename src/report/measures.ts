// What a run came to, as columns of a table: losses, whatever the metrics logged, times.

import { formatDuration, formatNumber } from "./format.ts";
import { type ReportRun, unseenLoss } from "./read-report-runs.ts";
import { seriesLabel } from "./series-label.ts";

export type Better = "lower" | "higher" | null;

export type Measure = {
  readonly name: string;
  /** null marks no best value. */
  readonly better: Better;
  /** null where a run has none. */
  value(run: ReportRun): number | null;
  text(value: number, run: ReportRun): string;
};

/** Metrics of which more is better, by the end of their series' name (src/runner/metrics). */
const higher = /\/(psnr|ssim|ssim_uniform|auc|average_precision|palette_used)$/;
/** Series that are no results: shares of colours have a table of their own. */
const noResult = /\/real$|^unseen\/emergence\/|^unseen\/colour\/(brown|near_grey|spread_ratio)/;

/** All measures that at least one of the runs has. */
export function measuresOf(runs: readonly ReportRun[]): Measure[] {
  const names = new Set(runs.flatMap(({ series }) => series.map(({ name }) => name)));
  const metrics = [...names]
    .filter((name) => name.startsWith("unseen/") && name !== "unseen/loss" && !noResult.test(name))
    .map(lastOf);
  const paletteUsed = names.has("unseen/emergence/palette_used")
    ? [lastOf("unseen/emergence/palette_used")]
    : [];
  const all = [finalLoss, bestLoss, ...metrics, ...paletteUsed, epochTime, totalTime];
  return all.filter((measure) => runs.some((run) => measure.value(run) !== null));
}

export function bestLossOf({ series }: ReportRun): number | null {
  return lowest(series.find(({ name }) => name === "unseen/loss")?.value);
}

export const finalLoss: Measure = {
  name: unseenLoss,
  better: "lower",
  value: ({ series }) => series.find(({ name }) => name === "unseen/loss")?.value.at(-1) ?? null,
  text: formatNumber,
};

const bestLoss: Measure = {
  name: "best unseen loss",
  better: "lower",
  value: bestLossOf,
  text(value, { series, run }) {
    const losses = series.find(({ name }) => name === "unseen/loss")!;
    const epoch = losses.step[losses.value.indexOf(value)]! / Math.max(1, run.stepsPerEpoch);
    return `${formatNumber(value)} (epoch ${formatNumber(epoch)})`;
  },
};

/** Seconds. */
export const epochTime: Measure = {
  name: "time per epoch",
  better: "lower",
  value({ series }) {
    const seconds = series.find(({ name }) => name === "train/epoch_seconds")?.value;
    return seconds?.length ? seconds.reduce((sum, value) => sum + value, 0) / seconds.length : null;
  },
  text: (seconds) => formatDuration(seconds * 1000),
};

const totalTime: Measure = {
  name: "total time",
  better: null,
  value: ({ durationMs }) => durationMs / 1000,
  text: (seconds) => formatDuration(seconds * 1000),
};

/** The newest value of a series. A chroma ratio is good where it is near 1: nothing is best. */
function lastOf(series: string): Measure {
  const better = higher.test(series)
    ? "higher"
    : /ratio|\/colorfulness|\/clipped/.test(series)
      ? null
      : "lower";
  return {
    name: seriesLabel(series.replace(/^unseen\/(colour\/|emergence\/)?/, "")),
    better,
    value: (run) => run.series.find(({ name }) => name === series)?.value.at(-1) ?? null,
    text: formatNumber,
  };
}

function lowest(values: Float64Array | undefined): number | null {
  const finite = Array.from(values ?? []).filter(Number.isFinite);
  return finite.length === 0 ? null : finite.reduce((least, value) => Math.min(least, value));
}

/** The best finite value of a column; null where fewer than two runs have one. */
export function bestOf(values: readonly (number | null)[], better: Better): number | null {
  const finite = values.filter((value): value is number => value !== null && Number.isFinite(value));
  if (better === null || finite.length < 2) return null;
  return finite.reduce((best, value) => (better === "lower" ? Math.min(best, value) : Math.max(best, value)));
}
