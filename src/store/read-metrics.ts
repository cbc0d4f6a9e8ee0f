// The newest values of metrics of a run, set by set, out of its series.

import type { SeriesKind } from "../runs/series.ts";
import type { Series } from "./rows.ts";

/** Those that say most about the colors, where there is room for a few. */
export const mainMetrics: readonly string[] = ["psnr", "ciede2000", "colorfulness_ratio"];

/** By which runs are compared image by image: the first that was measured says most across models and data sets. */
export const comparedMetrics: readonly string[] = ["ciede2000", "lpips", "psnr"];

export type MetricSummary = {
  /** "unseen", "seen" and then the other sets by name. */
  readonly sets: readonly string[];
  /** By name. */
  readonly metrics: readonly MeasuredMetric[];
};

export type MeasuredMetric = Pick<SeriesKind, "name" | "better" | "unit" | "description" | "source"> & {
  /** By set; sets that lack it are left out. */
  readonly values: Readonly<Record<string, { readonly epoch: number; readonly value: number }>>;
};

/** null where the run has measured nothing. `series` are those of a run. */
export function readMetrics(series: readonly Series[], stepsPerEpoch: number): MetricSummary | null {
  const measured = series.filter(({ spec, value }) => spec.family === "metric" && value.length > 0);
  if (measured.length === 0) return null;
  const first = ["unseen", "seen"];
  const sets = new Set(measured.map(({ spec }) => spec.set));
  const others = [...sets].filter((set) => !first.includes(set)).sort();
  const names = [...new Set(measured.map(({ spec }) => spec.name))].sort();
  return {
    sets: [...first.filter((set) => sets.has(set)), ...others],
    metrics: names.map((metric) => {
      const found = measured.filter(({ spec }) => spec.name === metric);
      const { name, better, unit, description, source } = found[0]!.spec;
      const values = found.map(({ spec, step, value }) => [
        spec.set,
        { epoch: step.at(-1)! / stepsPerEpoch, value: value.at(-1)! },
      ]);
      return { name, better, unit, description, source, values: Object.fromEntries(values) };
    }),
  };
}

/** The part of the time of training and evaluation that went into evaluation; null before the first epoch. */
export function evaluationShare(seriesOf: (name: string) => Series | undefined): number | null {
  const total = (name: string) => seriesOf(name)?.value.reduce((sum, value) => sum + value, 0);
  const [evaluation, training] = [total("train/evaluation_seconds"), total("train/epoch_seconds")];
  return evaluation === undefined || training === undefined ? null : evaluation / (evaluation + training);
}
