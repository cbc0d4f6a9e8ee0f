// The query of the report: everything about the runs, read once; nothing later touches the store but for blobs.

import { UserError } from "../errors.ts";
import type { Store } from "../store/open-store.ts";
import type { RunSummary } from "../store/read-runs.ts";
import type { DatasetRow, EventRow, ImageRow, RunRow, Series, SkippedFile } from "../store/rows.ts";

export type ReportStore = Pick<
  Store,
  | "getRun"
  | "summaries"
  | "seriesNames"
  | "series"
  | "images"
  | "blob"
  | "events"
  | "dataset"
  | "skippedFiles"
>;

export type ReportRun = {
  readonly run: RunRow;
  readonly durationMs: number;
  readonly lastEpoch: number | null;
  readonly series: readonly Series[];
  readonly images: readonly ImageRow[];
  readonly events: readonly EventRow[];
  readonly dataset: DatasetRow | null;
  readonly skipped: readonly SkippedFile[];
};

/** In the order asked for; a run that is named twice comes once. Throws UserError for an unknown run. */
export function readReportRuns(store: ReportStore, runRefs: readonly string[]): ReportRun[] {
  if (runRefs.length === 0) throw new UserError("report: expected at least one run");
  const runs = new Map(runRefs.map((ref) => store.getRun(ref)).map((run) => [run.id, run]));
  // A question about one run's summary costs as much as one about all of them.
  const [only, ...others] = runs.values();
  const summaries = store.summaries(others.length === 0 ? { name: only!.name } : {});
  const summaryOf = new Map(summaries.map((summary) => [summary.id, summary]));
  return [...runs.values()].map((run) => readRun(store, run, summaryOf.get(run.id)));
}

function readRun(store: ReportStore, run: RunRow, summary: RunSummary | undefined): ReportRun {
  return {
    run,
    durationMs: summary?.durationMs ?? (run.finishedAt ?? run.heartbeatAt) - run.createdAt,
    lastEpoch: summary?.lastEpoch ?? null,
    series: store.seriesNames(run.id).flatMap((name) => store.series(run.id, name) ?? []),
    images: store.images(run.id),
    events: store.events(run.id),
    dataset: store.dataset(run.datasetFingerprint) ?? null,
    skipped: store.skippedFiles(run.datasetFingerprint),
  };
}
