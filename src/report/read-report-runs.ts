// The query of the report: everything about the runs, read once; nothing later touches the store but for blobs.

import { UserError } from "../errors.ts";
import type { SeriesKind } from "../runs/series.ts";
import type { Store } from "../store/open-store.ts";
import { readMeasured } from "../store/read-measured.ts";
import type { RunSummary } from "../store/read-runs.ts";
import type {
  DatasetRow,
  EventRow,
  ImageRow,
  RunRow,
  SampleMetric,
  Series,
  SkippedFile,
} from "../store/rows.ts";
import type { SweepRow, TrialRow } from "../store/sweeps.ts";
import { seriesLabel } from "./series-label.ts";

/** How tables name the loss on images that were not trained on, at the end of a run. */
export const unseenLoss = "final unseen loss";

/** What a finished run gave on images of some data set, its own or another. */
export type Evaluation = {
  /** Which images, such as "celeba portraits"; equal names share a column. */
  readonly testedOn: string;
  /** Of the data set that the images are of: the same as a run's own where they are its unseen ones. */
  readonly fingerprint: string | null;
  readonly metrics: Readonly<Record<string, number>>;
  /** Pictures that it made of them, in a fixed order. */
  readonly samples: readonly { readonly imageId: string; readonly blobHash: string }[];
};

export type ReportStore = Pick<
  Store,
  | "getRun"
  | "summaries"
  | "allSeries"
  | "images"
  | "sampleMetrics"
  | "blob"
  | "events"
  | "dataset"
  | "skippedFiles"
  | "evaluationSets"
  | "listSweeps"
  | "trials"
> & {
  /** In place of what `hueristic evaluate` stored, which has no pictures. */
  evaluations?(runId: string): readonly Evaluation[];
};

export type ReportRun = {
  readonly run: RunRow;
  readonly durationMs: number;
  readonly lastEpoch: number | null;
  readonly series: readonly Series[];
  readonly images: readonly ImageRow[];
  readonly sampleMetrics: readonly SampleMetric[];
  readonly evaluations: readonly Evaluation[];
  readonly events: readonly EventRow[];
  readonly dataset: DatasetRow | null;
  readonly skipped: readonly SkippedFile[];
  /** What metrics mean, by their names; the same for all runs. */
  readonly metrics: ReadonlyMap<string, SeriesKind>;
  /** The sweep that trained it; null for none. */
  readonly trial: RunTrial | null;
};

/** A trial of a sweep, as its run tells of it. */
export type RunTrial = { readonly sweep: SweepRow; readonly trial: TrialRow };

/** In the order asked for; a run that is named twice comes once. Throws UserError for an unknown run. */
export function readReportRuns(store: ReportStore, runRefs: readonly string[]): ReportRun[] {
  if (runRefs.length === 0) throw new UserError("report: expected at least one run");
  const runs = new Map(runRefs.map((ref) => store.getRun(ref)).map((run) => [run.id, run]));
  // A question about one run's summary costs as much as one about all of them.
  const [only, ...others] = runs.values();
  const summaries = store.summaries(others.length === 0 ? { name: only!.name } : {});
  const summaryOf = new Map(summaries.map((summary) => [summary.id, summary]));
  const datasets = new Map<string, Pick<ReportRun, "dataset" | "skipped">>();
  const datasetOf = (fingerprint: string) => {
    const known = datasets.get(fingerprint);
    if (known) return known;
    const read = { dataset: store.dataset(fingerprint) ?? null, skipped: store.skippedFiles(fingerprint) };
    datasets.set(fingerprint, read);
    return read;
  };
  const trialOf = trialsByRun(store);
  const read = [...runs.values()].map((run) => readRun(store, run, summaryOf.get(run.id)));
  const specs = read.flatMap(({ series }) => series.map(({ spec }) => spec));
  const metrics = new Map(specs.filter(({ family }) => family === "metric").map((spec) => [spec.name, spec]));
  return read.map(({ run, ...content }) => ({
    run,
    ...content,
    ...datasetOf(run.datasetFingerprint),
    metrics,
    trial: trialOf.get(run.id) ?? null,
  }));
}

function trialsByRun(store: ReportStore): Map<string, RunTrial> {
  return new Map(
    store
      .listSweeps()
      .flatMap((sweep) =>
        store
          .trials(sweep.id)
          .flatMap((trial) => (trial.runId === null ? [] : [[trial.runId, { sweep, trial }] as const])),
      ),
  );
}

function readRun(
  store: ReportStore,
  run: RunRow,
  summary: RunSummary | undefined,
): Omit<ReportRun, "dataset" | "skipped" | "metrics" | "trial"> {
  const series = store.allSeries(run.id);
  return {
    run,
    durationMs: summary?.durationMs ?? (run.finishedAt ?? run.heartbeatAt) - run.createdAt,
    lastEpoch: summary?.lastEpoch ?? null,
    series,
    images: store.images(run.id),
    sampleMetrics: store.sampleMetrics(run.id),
    evaluations: store.evaluations?.(run.id) ?? storedEvaluations(store, run, series),
    events: store.events(run.id),
  };
}

/** The newest values of every set of images that the run was measured on beside its own. */
function storedEvaluations(store: ReportStore, run: RunRow, series: readonly Series[]): Evaluation[] {
  const stored = store.evaluationSets(run.id);
  if (stored.length === 0) return [];
  const measured = readMeasured(series, Math.max(1, run.stepsPerEpoch));
  return stored.map(({ set, fingerprint }) => {
    const loss = series.find(({ spec }) => spec.set === set && spec.name === "loss")?.value.at(-1);
    const values = (measured?.metrics ?? []).flatMap(({ name, values: bySet }) => {
      const found = bySet[set];
      return found === undefined ? [] : [[seriesLabel(name), found.value] as const];
    });
    const losses = loss === undefined ? [] : [[unseenLoss, loss] as const];
    return { testedOn: set, fingerprint, metrics: Object.fromEntries([...losses, ...values]), samples: [] };
  });
}
