// What a run came to, as columns of a table: losses, whatever was measured of its unseen images, times.

import { areComparable, originOf } from "../runs/comparable.ts";
import { formatNumber } from "../runs/format/numbers.ts";
import { formatDuration } from "../runs/format/times.ts";
import { type Better, type SeriesSpec, seriesName } from "../runs/series.ts";
import type { ReportRun } from "./read-report-runs.ts";
import { bestLossPoint, isResult, lossOf, unitOf } from "./series.ts";

export type Measure = {
  readonly name: string;
  /** What `list --where` calls it; null for what it does not know. */
  readonly field: string | null;
  /** Of its values, such as "dB"; empty for a plain number. */
  readonly unit: string;
  readonly better: Better;
  /** Of which images its values are, and of what kind; undefined where it is of none. */
  spec(run: ReportRun): SeriesSpec | undefined;
  /** Whether it depends on the machine. */
  readonly isTime: boolean;
  /** null where a run has none. */
  value(run: ReportRun): number | null;
  text(value: number, run: ReportRun): string;
};

/** What is no series of images, and not better one way. */
export const plainMeasure = {
  field: null,
  unit: "",
  better: "none",
  spec: () => undefined,
  isTime: false,
  text: formatNumber,
} as const satisfies Partial<Measure>;

export const finalLoss: Measure = {
  ...plainMeasure,
  name: "final unseen loss",
  field: "metrics.unseen.loss",
  better: "lower",
  spec: (run) => lossOf(run)?.spec,
  value: (run) => lossOf(run)?.value.at(-1) ?? null,
};

export const bestLoss: Measure = {
  ...finalLoss,
  name: "best unseen loss",
  field: "metrics.unseen.loss.best",
  value: (run) => bestLossPoint(run)?.value ?? null,
  text(value, data) {
    const epoch = bestLossPoint(data)!.step / Math.max(1, data.run.stepsPerEpoch);
    return `${formatNumber(value)} (epoch ${formatNumber(epoch)})`;
  },
};

const time = {
  ...plainMeasure,
  unit: "s",
  isTime: true,
  text: (seconds: number) => formatDuration(seconds * 1000),
};

export const epochTime: Measure = {
  ...time,
  name: "time per epoch",
  better: "lower",
  value({ series }) {
    const seconds = series.find(({ name }) => name === "train/epoch_seconds")?.value;
    return seconds?.length ? seconds.reduce((sum, value) => sum + value, 0) / seconds.length : null;
  },
};

const totalTime: Measure = {
  ...time,
  name: "total time",
  field: "duration",
  value: ({ durationMs }) => durationMs / 1000,
};

/** All measures that at least one of the runs has. */
export function measuresOf(runs: readonly ReportRun[]): Measure[] {
  const all = [finalLoss, bestLoss, ...resultsOf(runs), epochTime, totalTime];
  return all.filter((measure) => runs.some((run) => measure.value(run) !== null));
}

/** The last values of what was measured of unseen images. */
export function resultsOf(runs: readonly ReportRun[]): Measure[] {
  const specs = new Map<string, SeriesSpec>();
  for (const { spec } of runs.flatMap(({ series }) => series))
    if (spec.set === "unseen" && isResult(spec) && !specs.has(spec.name)) specs.set(spec.name, spec);
  return [...specs.values()].map(lastOf);
}

function lastOf({ set, name, title, better, ...spec }: SeriesSpec): Measure {
  const unit = unitOf(spec);
  const seriesOf = ({ series }: ReportRun) =>
    series.find((each) => each.spec.set === set && each.spec.name === name);
  return {
    ...plainMeasure,
    name: title,
    field: `metrics.${seriesName({ set, name }).replaceAll("/", ".")}`,
    unit,
    better,
    spec: (run) => seriesOf(run)?.spec,
    value: (run) => seriesOf(run)?.value.at(-1) ?? null,
    text: (value) => (unit === "" ? formatNumber(value) : `${formatNumber(value)} ${unit}`),
  };
}

/** What is better among these runs: nothing where their values do not compare. */
export function betterAmong(measure: Measure, runs: readonly ReportRun[]): Better {
  const having = runs.filter((run) => measure.value(run) !== null);
  if (measure.isTime) return new Set(having.map(machineOf)).size > 1 ? "none" : measure.better;
  const origins = having.flatMap((data) => {
    const spec = measure.spec(data);
    return spec === undefined ? [] : [originOf(spec, data.measuredSets)];
  });
  return areComparable(origins) ? measure.better : "none";
}

/** Times of different ones do not compare. */
export function machineOf({ run }: ReportRun): string {
  return `${run.provenance.host} ${run.provenance.cpu} ${run.engine} ${run.device}`;
}
