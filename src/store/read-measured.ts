// The newest values of metrics of a run, set by set, out of its series.

import { type MetricRow, type Series, seriesOfSet } from "./rows.ts";

/** Those that say most about the colors, where there is room for a few. */
export const mainMetrics: readonly string[] = ["psnr", "ciede2000", "colorfulness_ratio"];

export type MeasuredSummary = {
  /** "unseen", "seen" and then the other sets by name. */
  readonly sets: readonly string[];
  readonly metrics: readonly (MetricRow & {
    /** By set; sets that lack it are left out. */
    readonly values: Readonly<Record<string, { readonly epoch: number; readonly value: number }>>;
  })[];
};

/** null where the run has measured nothing. */
export function readMeasured(
  metrics: readonly MetricRow[],
  namedSets: readonly string[],
  seriesOf: (name: string) => Series | undefined,
  stepsPerEpoch: number,
): MeasuredSummary | null {
  const sets = ["unseen", "seen", ...namedSets];
  const found = metrics.flatMap((metric) => {
    const values = sets.flatMap((set) => {
      const series = seriesOf(seriesOfSet(set, metric.name));
      const [step, value] = [series?.step.at(-1), series?.value.at(-1)];
      return step === undefined || value === undefined ? [] : [[set, { epoch: step / stepsPerEpoch, value }]];
    });
    return values.length === 0 ? [] : [{ ...metric, values: Object.fromEntries(values) }];
  });
  if (found.length === 0) return null;
  return { sets: sets.filter((set) => found.some(({ values }) => set in values)), metrics: found };
}

/** The part of the time of training and evaluation that went into evaluation; null before the first epoch. */
export function evaluationShare(seriesOf: (name: string) => Series | undefined): number | null {
  const total = (name: string) => seriesOf(name)?.value.reduce((sum, value) => sum + value, 0);
  const [evaluation, training] = [total("train/evaluation_seconds"), total("train/epoch_seconds")];
  return evaluation === undefined || training === undefined ? null : evaluation / (evaluation + training);
}
