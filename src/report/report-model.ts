// What the page shows, complete: the runs, the comparison where there are several, and the pictures by number.

import { type ComparisonModel, comparisonModel } from "./comparison-model.ts";
import { formatTime, shorten } from "./format.ts";
import type { ReportRun } from "./read-report-runs.ts";
import { type RunModel, runModel } from "./run-model.ts";

export type ReportModel = {
  readonly title: string;
  readonly writtenAt: string;
  readonly comparison: ComparisonModel | null;
  readonly runs: readonly RunModel[];
  /** Hashes of the pictures, each once; its position is its number in the page. */
  readonly hashes: readonly string[];
};

export function reportModel(data: readonly ReportRun[], now: number): ReportModel {
  const runs = data.map(runModel);
  const hashes = new Set(
    runs.flatMap(({ grid }) => grid.flatMap(({ rows }) => rows.flatMap((row) => row.hashes))),
  );
  hashes.delete(null);
  return {
    title: runs.length === 1 ? shorten(runs[0]!.title, 80) : `${runs.length} runs compared`,
    writtenAt: formatTime(now),
    comparison: runs.length > 1 ? comparisonModel(data) : null,
    runs,
    hashes: [...hashes] as string[],
  };
}

export function chartsOf({ comparison, runs }: ReportModel) {
  return [comparison?.chart, ...runs.flatMap(({ loss, others }) => [loss, ...others])].filter(
    (chart) => chart != null,
  );
}
