// The query of the report: everything about the runs, read at once, so that no page shows a half of a run that is purged
// meanwhile; nothing later touches the store but for pictures.

import { UserError } from "../errors.ts";
import type { MeasuredSet } from "../runs/comparable.ts";
import type { Store } from "../store/open-store.ts";
import type { ImageValues } from "../store/read-image-values.ts";
import { comparedMetrics } from "../store/read-metrics.ts";
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
import type { ImageMetric, Judge, Study } from "../store/study-rows.ts";
import type { SweepRow, TrialRow } from "../store/sweeps.ts";

export type ReportStore = Pick<
  Store,
  | "atOnce"
  | "getRun"
  | "summaries"
  | "allSeries"
  | "images"
  | "sampleMetrics"
  | "imageValues"
  | "picture"
  | "events"
  | "dataset"
  | "skippedFiles"
  | "measuredSets"
  | "listSweeps"
  | "trials"
  | "study"
  | "studiesOf"
  | "judges"
  | "studyMetrics"
>;

export type ReportRun = {
  readonly run: RunRow;
  readonly durationMs: number;
  readonly lastEpoch: number | null;
  readonly series: readonly Series[];
  readonly images: readonly ImageRow[];
  readonly sampleMetrics: readonly SampleMetric[];
  /** Of the metrics by which runs are compared, on images that it was not trained on; empty where too many runs were asked for. */
  readonly imageValues: readonly ImageValues[];
  /** Images that it was measured on: its own, and others; their series have the same set. */
  readonly measuredSets: readonly MeasuredSet[];
  readonly events: readonly EventRow[];
  readonly dataset: DatasetRow | null;
  readonly skipped: readonly SkippedFile[];
  /** The sweep that trained it; null for none. */
  readonly trial: RunTrial | null;
  /** Those that people have judged, oldest first. */
  readonly studies: readonly JudgedStudy[];
};

/** A study that a run takes part in, with its answers. */
export type JudgedStudy = {
  readonly study: Study;
  readonly judges: readonly Judge[];
  /** By number of the network: what was measured of its images. */
  readonly metrics: ReadonlyMap<number, readonly ImageMetric[]>;
};

/** A trial of a sweep, as its run tells of it. */
export type RunTrial = { readonly sweep: SweepRow; readonly trial: TrialRow };

/** A few configurations with several seeds each; nobody compares more image by image. */
const mostCompared = 48;

/** In the order asked for; a run that is named twice comes once. Throws UserError for an unknown run. */
export function readReportRuns(store: ReportStore, runRefs: readonly string[]): ReportRun[] {
  if (runRefs.length === 0) throw new UserError("report: expected at least one run");
  return store.atOnce(() => readRuns(store, runRefs));
}

function readRuns(store: ReportStore, runRefs: readonly string[]): ReportRun[] {
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
  const isCompared = runs.size > 1 && runs.size <= mostCompared;
  const studies = new Map<string, JudgedStudy>();
  const studyOf = (id: string) => {
    const study = studies.get(id) ?? readStudy(store, id);
    studies.set(id, study);
    return study;
  };
  return [...runs.values()].map((run) => ({
    ...readRun(store, run, summaryOf.get(run.id)),
    imageValues: isCompared ? store.imageValues(run.id, comparedMetrics) : [],
    ...datasetOf(run.datasetFingerprint),
    trial: trialOf.get(run.id) ?? null,
    studies: store
      .studiesOf(run.id)
      .map(studyOf)
      .filter(({ judges }) => judges.length > 0),
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
): Omit<ReportRun, "dataset" | "skipped" | "trial" | "imageValues" | "studies"> {
  return {
    run,
    durationMs: summary?.durationMs ?? (run.finishedAt ?? run.heartbeatAt) - run.createdAt,
    lastEpoch: summary?.lastEpoch ?? null,
    series: store.allSeries(run.id),
    images: store.images(run.id),
    sampleMetrics: store.sampleMetrics(run.id),
    measuredSets: store.measuredSets(run.id),
    events: store.events(run.id),
  };
}

function readStudy(store: ReportStore, id: string): JudgedStudy {
  const study = store.study(id)!;
  const judges = store.judges(id);
  // What nobody has judged is not shown.
  const networks = judges.length === 0 ? [] : study.networks;
  const metrics = networks.map(
    (network) => [network.number, store.studyMetrics(network, study.fingerprint)] as const,
  );
  return { study, judges, metrics: new Map(metrics) };
}
