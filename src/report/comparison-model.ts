// Several runs side by side: their curves in one frame, the settings that differ and the values to compare.

import { type ChartModel, comparisonChart } from "./chart-model.ts";
import { type EmergenceTable, emergenceComparison } from "./emergence-model.ts";
import { formatDuration, formatNumber, shorten } from "./format.ts";
import type { ReportRun } from "./read-report-runs.ts";
import { unseenLoss } from "./run-model.ts";
import { differingSettings, flatSettings } from "./settings.ts";

export type ComparisonCell = { readonly text: string; readonly best: boolean };

export type ComparisonModel = {
  readonly chart: ChartModel | null;
  /** Names of the differing settings, such as "train.batch_size". */
  readonly settings: readonly string[];
  readonly results: readonly string[];
  readonly rows: readonly {
    /** Element id of the run's own section. */
    readonly id: string;
    readonly name: string;
    readonly status: string;
    readonly settings: readonly string[];
    readonly results: readonly ComparisonCell[];
  }[];
  readonly emergence: EmergenceTable | null;
  /** What makes the comparison unfair; empty where nothing does. */
  readonly warnings: readonly string[];
};

export function comparisonModel(runs: readonly ReportRun[]): ComparisonModel {
  const names = distinctNames(runs);
  const settings = differingSettings(runs.map(({ run }) => run.experiment));
  const measured = runs.map(measures);
  const results = [
    "first unseen loss",
    "final unseen loss",
    "best unseen loss",
    "time per epoch",
    "total time",
  ];
  // The first loss is where a run starts, not what it reaches; total time depends on the number of epochs.
  const bests = [null, lowest(measured, 1), lowest(measured, 2), lowest(measured, 3), null];
  return {
    chart: comparisonChart("comparison-loss", runs, names),
    settings,
    results,
    rows: runs.map(({ run }, position) => {
      const flat = flatSettings(run.experiment);
      return {
        id: `run-${position + 1}`,
        name: names[position]!,
        status: run.status,
        settings: settings.map((path) => shorten(flat.get(path) ?? "–", 40)),
        results: measured[position]!.map(({ value, text }, column) => ({
          text,
          best: value !== null && value === bests[column],
        })),
      };
    }),
    emergence: emergenceComparison(runs, names),
    warnings: warnings(runs),
  };
}

type Measure = { readonly value: number | null; readonly text: string };

function measures(data: ReportRun): Measure[] {
  const loss = unseenLoss(data);
  const seconds = data.series.find(({ name }) => name === "train/epoch_seconds");
  const mean = seconds ? seconds.value.reduce((sum, value) => sum + value, 0) / seconds.value.length : null;
  const number = (value: number | null | undefined, suffix = ""): Measure =>
    value === null || value === undefined
      ? { value: null, text: "–" }
      : { value: Number.isFinite(value) ? value : null, text: `${formatNumber(value)}${suffix}` };
  return [
    number(loss?.first),
    number(loss?.final),
    number(loss?.best, loss?.bestEpoch == null ? "" : ` (epoch ${formatNumber(loss.bestEpoch)})`),
    mean !== null && Number.isFinite(mean)
      ? { value: mean, text: formatDuration(mean * 1000) }
      : number(null),
    { value: data.durationMs, text: formatDuration(data.durationMs) },
  ];
}

function lowest(rows: readonly (readonly Measure[])[], column: number): number | null {
  const values = rows.flatMap((row) => row[column]!.value ?? []);
  return values.length > 1 ? Math.min(...values) : null;
}

function distinctNames(runs: readonly ReportRun[]): string[] {
  return runs.map(({ run }) =>
    runs.some((other) => other.run.id !== run.id && other.run.name === run.name)
      ? `${shorten(run.name, 40)} (${run.id})`
      : shorten(run.name, 40),
  );
}

function warnings(runs: readonly ReportRun[]): string[] {
  const differ = (values: readonly unknown[]) => new Set(values).size > 1;
  return [
    differ(runs.map(({ run }) => run.datasetFingerprint)) &&
      "The runs were made on different data: their losses are not of the same images.",
    differ(
      runs.map(({ run }) => `${run.provenance.host} ${run.provenance.cpu} ${run.engine} ${run.device}`),
    ) && "The runs were made on different computers, engines or devices: their times do not compare.",
    differ(runs.map(({ run }) => run.provenance.gitCommit)) &&
      "The runs were made with different versions of the code.",
  ].filter((warning) => warning !== false);
}
