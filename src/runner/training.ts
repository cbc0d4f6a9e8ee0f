// Everything that a training needs, opened in order and closed in one place.

import { type Closable, closeAll } from "../close-all.ts";
import { hashesOf, type PreparedDataset } from "../datasets/prepare/prepare.ts";
import { type Engine, type EngineState, specsOf } from "../engine/engine.ts";
import { openEngine } from "../engine/engines.ts";
import { failureOf, messageOf } from "../errors.ts";
import type { Experiment } from "../experiment/experiment.ts";
import { type EventLog, noEventLog, openEventLog } from "../interchange/tensorboard/event-log.ts";
import { mainLossOf, modelOf } from "../models/models.ts";
import type { Network } from "../models/network.ts";
import type { SetName } from "../runs/series.ts";
import type { Store } from "../store/open-store.ts";
import type { RunWriter } from "../store/run-writer.ts";
import type { TensorSpecs } from "../training-step.ts";
import { type BatchSource, openBatchSource } from "./batch-source.ts";
import { buildNetwork } from "./build-network.ts";
import { checkpointFolder } from "./checkpoints.ts";
import { declaredSeries } from "./declared-series.ts";
import { withMeans } from "./earlier-moments.ts";
import { embedderOf } from "./embedding/open-embedding.ts";
import { toldOfTested } from "./embedding/told-of-unseen.ts";
import { resolveClassifierRun } from "./embedding/trained-run.ts";
import { type ColorObserver, createColorObservers } from "./emergence/observe-colors.ts";
import { createEvaluator, type Evaluator } from "./evaluate.ts";
import { announceEvaluation, createEvaluation, type Evaluation } from "./evaluation/evaluation.ts";
import { openEvaluation } from "./evaluation/open-evaluation.ts";
import type { OpenSet } from "./evaluation/open-sets.ts";
import { saveDatasetRows } from "./evaluation/save-dataset-rows.ts";
import { createHealthWatch, type HealthWatch } from "./health/health-watch.ts";
import { compileSteps, cutOfEpoch, type TrainingStep } from "./last-batch.ts";
import { type LossSum, lossesBefore } from "./loss-sum.ts";
import { readProvenance } from "./provenance.ts";
import { reopen, resumePointOf } from "./resume-run.ts";
import type { RunOptions } from "./run-experiment.ts";
import type { SampleSet } from "./samples.ts";

export type Training = {
  readonly experiment: Experiment;
  readonly dataset: PreparedDataset;
  readonly engine: Engine;
  readonly network: Network;
  readonly whole: TrainingStep;
  /** Of the last batch of an epoch where it is a smaller one; null where all are whole. */
  readonly last: TrainingStep | null;
  readonly stateSpecs: TensorSpecs;
  readonly source: BatchSource;
  readonly evaluator: Evaluator;
  /** null where nothing is measured. */
  readonly evaluation: Evaluation | null;
  readonly run: RunWriter;
  /** Where the run is logged beside the store. */
  readonly log: EventLog;
  readonly health: HealthWatch;
  /** For every pass over the unseen images; null where the network makes no colors. */
  readonly observeColors: (() => ColorObserver) | null;
  readonly checkpoints: string;
  readonly samples: readonly SampleSet[];
  /** Sets whose real and grey pictures, which do not change, are stored. */
  readonly drawnSets: Set<SetName>;
  readonly stepsPerEpoch: number;
  /** Where training begins: 0, or where the newest checkpoint stood. */
  readonly firstStep: number;
  /** Over the steps of that epoch which were trained before: what `train` sums up. */
  readonly firstLosses: LossSum;
  readonly firstState: EngineState;
};

export type TrainingImages = {
  readonly dataset: PreparedDataset;
  /** Of `dataset`, for views that are cut out; null where they have its size. */
  readonly larger: PreparedDataset | null;
  readonly sets: readonly OpenSet[];
};

/**
 * Compiles the network and opens a new run, or an old one with its newest checkpoint. Where that fails, nothing is left open, and
 * a run that began has ended.
 */
export async function openTraining(
  asked: Experiment,
  images: TrainingImages,
  store: Store,
  options: RunOptions,
  signal: AbortSignal,
): Promise<Training> {
  const opened: Closable[] = [];
  try {
    const compiled = await compileTraining(asked, images, store, options, signal, opened);
    const begun = openRun(compiled, store, options);
    const { run } = begun;
    opened.push(run);
    try {
      return await beginTraining(compiled, begun, store, options, signal);
    } catch (thrown) {
      if (thrown === signal.reason) run.finish("KILLED");
      else run.finish("FAILED", failureOf(thrown));
      publishFailure(options, run.id);
      throw thrown;
    }
  } catch (thrown) {
    await closeAll(opened).catch(() => {}); // this error counts
    throw thrown;
  }
}

/** Of a run that has ended. What it failed of is the error to tell. */
export function publishFailure({ spool, output }: RunOptions, runId: string): void {
  try {
    spool?.publish("end", runId);
  } catch (thrown) {
    output.warn(messageOf(thrown));
  }
}

type CompiledTraining = Awaited<ReturnType<typeof compileTraining>>;

/** What is open is added to `opened` at once. */
async function compileTraining(
  asked: Experiment,
  { dataset, larger, sets }: TrainingImages,
  store: Store,
  options: RunOptions,
  signal: AbortSignal,
  opened: Closable[],
) {
  const experiment = resolveClassifierRun(asked, store);
  const cut = cutOfEpoch(dataset.seen.length, experiment.train);
  const engineWarnings = warningsOf(options.output.warn);
  const engine = await openEngine(experiment.engine, {
    device: experiment.device,
    threads: options.threads,
    precision: experiment.precision,
    deterministic: experiment.deterministic,
    warn: engineWarnings.warn,
  });
  const { model } = experiment;
  const { runsFolder, output, threads } = options;
  const embed = embedderOf(model, { runsFolder, store, engine, output, signal, threads });
  const embedded = await embed(dataset);
  if (embedded) output.info(`classifier: ${embedded.description}`);
  const extras = {
    ...(dataset.labels && { labels: dataset.labels.names.length }),
    ...(embedded && { embedding: embedded.embedding }),
  };
  const network = await buildNetwork(experiment, extras);
  const source = openBatchSource(experiment, dataset, embedded?.vectors ?? null, larger);
  const initial = network.init(experiment.seed);
  const specs = specsOf(initial);
  const { whole, last } = await compileSteps(engine, network, initial, experiment, extras, cut, opened);
  const evaluator = await createEvaluator(
    { engine, network, output: modelOf(model).output(model) },
    source,
    specs,
    dataset.unseen.length,
  );
  opened.push(evaluator);
  const evaluated = await openEvaluation(experiment, { dataset, evaluator, sets, embed, threads });
  if (evaluated) opened.push(evaluated.metrics);
  const trained = { experiment, dataset, engine, engineWarnings, network, whole, last, source, evaluator };
  return { ...trained, sets, embedded, evaluated, cut, initial, stateSpecs: specs };
}

/** What an engine warns of: said at once, and kept for the record of the run, which begins later. */
function warningsOf(say: (message: string) => void) {
  const kept: string[] = [];
  let record = (message: string): void => void kept.push(message);
  return {
    warn(message: string) {
      say(message);
      record(message);
    },
    recordIn(run: RunWriter) {
      record = (message) => run.event("warning", "engine", message);
      for (const message of kept) record(message);
    },
  };
}

function openRun(
  { experiment, dataset, engine, network, embedded, stateSpecs, cut }: CompiledTraining,
  store: Store,
  options: RunOptions,
) {
  const { fingerprint } = dataset;
  saveDatasetRows(store, dataset);
  const continued = options.resume === null ? null : store.getRun(options.resume);
  const point = continued && resumePointOf(store, continued, experiment, stateSpecs, options);
  const run =
    continued === null || point === null
      ? store.createRun({
          name: experiment.name,
          experiment,
          source: options.source,
          engine: engine.name,
          device: engine.device,
          provenance: readProvenance(process.argv.slice(2)),
          datasetFingerprint: fingerprint,
          parameters: network.parameters,
          stepsPerEpoch: cut.stepsPerEpoch,
          teller: embedded && { description: embedded.description, fingerprint: embedded.fingerprint },
        })
      : reopen(store, experiment, { row: continued, point, dataset, engine, embedded });
  return { run, point, continued };
}

type OpenRun = ReturnType<typeof openRun>;

async function beginTraining(
  compiled: CompiledTraining,
  { run, point, continued }: OpenRun,
  store: Store,
  options: RunOptions,
  signal: AbortSignal,
): Promise<Training> {
  const { experiment, dataset, engine, engineWarnings, evaluator, evaluated, embedded, cut, initial } =
    compiled;
  const { whole, last, network, source, sets, stateSpecs } = compiled;
  const { seen, unseen } = dataset;
  const { output } = options;
  const { stepsPerEpoch } = cut;
  options.onRun?.(run.id);
  run.declare(declaredSeries(experiment));
  run.event("info", "engine", `${engine.name} (${engine.version}) on ${engine.device}: ${engine.why}`);
  engineWarnings.recordIn(run);
  for (const note of dataset.notes) run.event("info", "dataset", note);
  if (cut.leftOut > 0) {
    const note = `${cut.leftOut} of ${seen.length} images to train on are left over in each epoch, other ones each time, as train.batch_size is ${experiment.train.batch_size}; train.last_batch=keep trains on them too`;
    output.info(note);
    run.event("info", "dataset", note);
  }
  if (evaluated) await announceEvaluation(evaluated, store, run, output.warn, signal);
  const tested = [
    { name: "unseen", hashes: hashesOf(dataset, unseen) },
    ...sets.map((set) => ({ name: set.name, hashes: hashesOf(set.dataset, set.indices) })),
  ];
  for (const message of toldOfTested(experiment, store, tested)) {
    output.warn(message);
    run.event("warning", "classifier", message);
  }
  if (embedded) run.event("info", "classifier", embedded.description);

  const checkpoints = checkpointFolder(options.runsFolder, run.id);
  const checkpoint = point?.checkpoint ?? null;
  if (point) {
    // One that was stopped before its first step looks at the untrained network once more.
    const hasSteps = checkpoint !== null && checkpoint.step > 0;
    run.rewind(hasSteps ? checkpoint.step : -1, hasSteps ? checkpoint.epoch : -1);
    for (const note of point.notes) {
      output.warn(note);
      run.event("warning", "resume", note);
    }
    const how = checkpoint ? `resumed at step ${checkpoint.step}` : "no checkpoint: began anew";
    run.event("info", "resume", how);
    if (point.notes.length > 0) output.warn(how);
  }
  const log = await openLog(experiment, store, run, output.warn);
  const firstStep = checkpoint?.step ?? 0;
  const evaluation = evaluated && createEvaluation(evaluated);
  return {
    experiment,
    dataset,
    engine,
    network,
    whole,
    last,
    stateSpecs,
    source,
    evaluator,
    evaluation,
    run,
    log,
    observeColors: evaluator.output === "labels" ? null : createColorObservers(evaluator.output),
    health: createHealthWatch({
      series: (name) => store.series(run.id, name),
      stepsPerEpoch,
      events: store.events(run.id),
    }),
    checkpoints,
    samples: samplesOf(experiment, dataset, evaluator, evaluation),
    drawnSets: new Set(store.images(run.id).flatMap(({ kind, set }) => (kind === "real" ? [set] : []))),
    stepsPerEpoch,
    firstStep,
    firstLosses: lossesBefore(
      store.series(run.id, `train/${mainLossOf(experiment.model)}`),
      firstStep,
      cut,
      whole.images,
    ),
    firstState: engine.importState(
      continued && checkpoint ? withMeans(checkpoint.state, continued.experiment.train) : initial,
      { take: true },
    ),
  };
}

function openLog(
  { log }: Experiment,
  store: Store,
  run: RunWriter,
  warn: (line: string) => void,
): Promise<EventLog> | EventLog {
  if (log.tensorboard === null) return noEventLog;
  return openEventLog(store, run.id, {
    logFolder: log.tensorboard,
    now: Date.now,
    warn(line) {
      warn(line);
      run.event("warning", "tensorboard", line);
    },
  });
}

/** Of both sides, then of the evaluation sets where they are measured. */
function samplesOf(
  { samples }: Experiment,
  dataset: PreparedDataset,
  evaluator: Evaluator,
  evaluation: Evaluation | null,
): SampleSet[] {
  const { seen, unseen } = dataset;
  const own = { evaluator, dataset };
  const first = [
    { ...own, name: "seen", indices: seen.subarray(0, samples.seen) },
    { ...own, name: "unseen", indices: unseen.subarray(0, samples.unseen) },
    ...(evaluation?.named ?? []).map((set) => ({ ...set, indices: set.indices.subarray(0, samples.each) })),
  ];
  return first.filter(({ indices }) => indices.length > 0);
}
