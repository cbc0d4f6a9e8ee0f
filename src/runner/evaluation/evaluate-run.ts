// Measures a checkpoint of a run that has ended, as the run itself would have, and stores it with the run.

import { closeAll } from "../../close-all.ts";
import { hashesOf } from "../../datasets/prepare/prepare.ts";
import type { DeviceChoice } from "../../engine/choices.ts";
import { specsOf } from "../../engine/engine.ts";
import { openEngine } from "../../engine/engines.ts";
import { UserError } from "../../errors.ts";
import type { Experiment, MetricConfig } from "../../experiment/experiment.ts";
import { openMetrics } from "../../metrics/open-metrics.ts";
import { modelOf } from "../../models/models.ts";
import type { Output } from "../../output.ts";
import { inSet } from "../../runs/series.ts";
import type { Store } from "../../store/open-store.ts";
import type { RunRow } from "../../store/rows.ts";
import { openBatchSource } from "../batch-source.ts";
import { buildNetwork } from "../build-network.ts";
import { readCheckpoint } from "../checkpoints.ts";
import { evaluationSeries } from "../declared-series.ts";
import { embedderOf } from "../embedding/open-embedding.ts";
import { toldOfTested } from "../embedding/told-of-unseen.ts";
import { createEvaluator } from "../evaluate.ts";
import { openDataset } from "../open-dataset.ts";
import { drawSamples } from "../samples.ts";
import type { ChosenCheckpoint } from "./choose-checkpoint.ts";
import { evaluateSet } from "./evaluate-set.ts";
import { closeSets, type OpenSet, openEvaluationSet, trainedOnToo, type WantedSet } from "./open-sets.ts";
import { saveDatasetRows } from "./save-dataset-rows.ts";

/** Pictures of a set that is measured later, where the run itself draws none. */
const usuallyDrawn = 8;

export type EvaluateRunOptions = {
  readonly store: Store;
  readonly output: Output;
  readonly signal: AbortSignal;
  readonly metrics: readonly MetricConfig[];
  /** null is the run's own. */
  readonly device: DeviceChoice | null;
  readonly threads?: number;
};

/** By the name of the series, such as "portraits/psnr". */
export type EvaluatedRun = { readonly step: number; readonly values: Readonly<Record<string, number>> };

/** Throws UserError where images, weights or the checkpoint cannot be used. */
export async function evaluateRun(
  run: RunRow,
  checkpoint: ChosenCheckpoint,
  wanted: readonly WantedSet[],
  options: EvaluateRunOptions,
): Promise<EvaluatedRun> {
  const sets: (OpenSet & Pick<WantedSet, "own">)[] = [];
  try {
    for (const set of wanted) {
      const opened = await openEvaluationSet(set, run.experiment, {
        runsFolder: options.store.folder,
        output: options.output,
        signal: options.signal,
      });
      sets.push({ ...opened, ...(set.own && { own: set.own }) });
      if (set.own) requireOwnImages(run, opened);
    }
    const named = sets.filter(({ own }) => own === undefined);
    options.store.requireEvaluable(
      run.id,
      named.map(({ name, dataset, partOf }) => ({ set: name, fingerprint: dataset.fingerprint, partOf })),
    );
    await warnOfTrainedOn(run, named, options);
    return await evaluateSets(run, checkpoint, sets, options);
  } finally {
    closeSets(sets);
  }
}

/** Says which sets share files with the images that the run was trained on, where those can still be looked at. */
export async function warnOfTrainedOn(
  { id, experiment }: RunRow,
  sets: readonly OpenSet[],
  { store, output, signal }: Pick<EvaluateRunOptions, "store" | "output" | "signal">,
): Promise<void> {
  if (sets.length === 0) return;
  const tested = sets.map((set) => ({ name: set.name, hashes: hashesOf(set.dataset, set.indices) }));
  for (const message of toldOfTested(experiment, store, tested)) output.warn(`run ${id}: ${message}`);
  if (experiment.dataset.kind === "elsewhere") {
    output.info(`run ${id}: whether images were trained on is not known, as it was trained elsewhere`);
    return;
  }
  const trained = await openDataset(experiment, { runsFolder: store.folder, output, signal }).catch(
    (error) => {
      if (!(error instanceof UserError)) throw error;
      output.info(
        `run ${id}: whether images were trained on is not known, as its own are not there any more`,
      );
      return null;
    },
  );
  if (trained === null) return;
  try {
    for (const set of sets) {
      for (const message of await trainedOnToo(set, trained, signal)) output.warn(`run ${id}: ${message}`);
    }
  } finally {
    trained.close();
  }
}

/** Throws UserError where the images of a run are not those any more that it was trained with. */
export function requireOwnImages(run: RunRow, { dataset }: OpenSet): void {
  if (dataset.fingerprint === run.datasetFingerprint) return;
  throw new UserError(
    `run ${run.id}: its images changed since (fingerprint ${run.datasetFingerprint.slice(0, 12)}, now ${dataset.fingerprint.slice(0, 12)}); measure it on others with --on`,
  );
}

async function evaluateSets(
  run: RunRow,
  { file, step }: ChosenCheckpoint,
  sets: readonly (OpenSet & Pick<WantedSet, "own">)[],
  { store, output, signal, metrics, device, threads }: EvaluateRunOptions,
): Promise<EvaluatedRun> {
  const experiment: Experiment = { ...run.experiment, device: device ?? run.experiment.device };
  const { state } = readCheckpoint(file);
  const engine = await openEngine(experiment.engine, {
    device: experiment.device,
    threads,
    warn: output.warn,
  });
  const { model, image } = experiment;
  const embed = embedderOf(model, { runsFolder: store.folder, store, engine, output, signal, threads });
  const sources = [];
  for (const set of sets) {
    const embedded = await embed(set.dataset);
    sources.push({ embedded, source: openBatchSource(experiment, set.dataset, embedded?.vectors ?? null) });
  }
  const [first] = sources;
  const network = await buildNetwork(experiment, {
    ...(first!.embedded && { embedding: first!.embedded.embedding }),
  });
  const opened = await openMetrics(metrics, { size: image.size, threads });
  const evaluator = await createEvaluator(
    { engine, network, output: modelOf(model).output(model) },
    first!.source,
    specsOf(state),
    store.dataset(run.datasetFingerprint)!.unseenCount,
  );
  const onEngine = engine.importState(state);
  const values: Record<string, number> = {};
  try {
    for (const [place, set] of sets.entries()) {
      signal.throwIfAborted();
      const one = { ...set, evaluator: evaluator.over(sources[place]!.source) };
      const found = await evaluateSet(one, onEngine, opened);
      // The losses of its own images stand in the store already, or are those of a network that was changing.
      const { loss: _, ...ofOwn } = found.ofSet;
      const measured = set.own ? { ...found, ofSet: ofOwn } : found;
      if (!set.own) saveDatasetRows(store, set.dataset);
      const fingerprint = set.own ? null : set.dataset.fingerprint;
      const series = set.own
        ? inSet(set.own, opened.kinds)
        : evaluationSeries(experiment, set.name, opened.kinds);
      const drawn = { ...one, indices: one.indices.subarray(0, experiment.samples.each || usuallyDrawn) };
      const epoch = Math.floor(step / run.stepsPerEpoch); // of a run that was stopped within one, the last whole one
      // Those of a whole epoch are not replaced by ones from within the next.
      const isDrawn =
        step % run.stepsPerEpoch !== 0 &&
        store
          .images(run.id)
          .some((image) => image.set === set.name && image.epoch === epoch && image.kind === "colorized");
      const pictures = set.own || isDrawn ? [] : await drawSamples(drawn, onEngine, epoch, true);
      const { partOf, bothSides } = set;
      store.saveEvaluation(run.id, { step, measured, fingerprint, partOf, bothSides, series, pictures });
      for (const [name, value] of Object.entries(measured.ofSet)) values[`${set.name}/${name}`] = value;
    }
  } finally {
    engine.release(onEngine);
    await closeAll([evaluator, opened]);
  }
  return { step, values };
}
