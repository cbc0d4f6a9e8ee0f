// A run from its images to its end: opened, trained, finished, whatever happens on the way.

import { closeAll } from "../close-all.ts";
import type { PreparedDataset } from "../datasets/prepare/prepare.ts";
import { failureOf, UserError } from "../errors.ts";
import type { Experiment } from "../experiment/experiment.ts";
import { isEmbedded, modelOf } from "../models/models.ts";
import type { Output } from "../output.ts";
import { formatCount } from "../runs/format/numbers.ts";
import { openStore } from "../store/open-store.ts";
import type { FinalStatus } from "../store/run-writer.ts";
import type { Spool } from "../store/spool/spool.ts";
import { closeSets, type OpenSet, openEvaluationSets } from "./evaluation/open-sets.ts";
import { exitCodes, type Interrupt, watchInterrupts } from "./interrupt.ts";
import { openDataset, openLarger } from "./open-dataset.ts";
import type { FromScratch } from "./resume-point.ts";
import { train } from "./train.ts";
import { openTraining, publishFailure, type Training } from "./training.ts";

export type RunOptions = {
  readonly runsFolder: string;
  /** Where the experiment was written; null for one made in code. */
  readonly source: string | null;
  /** The id of the run to continue; null begins a new one. */
  readonly resume: string | null;
  /** Whether a run that is continued may begin anew, which deletes what it has logged; never unless it is given. */
  readonly fromScratch?: FromScratch;
  readonly output: Output;
  /** Threads of the engine; all cores where it is left out. */
  readonly threads?: number;
  /** Where rows go in place of the store of `runsFolder`, off its machine (src/store/spool); checkpoints go there all the same. */
  readonly spool?: Pick<Spool, "storeFolder" | "publish">;
  /** Told the id of the run as soon as it exists. */
  readonly onRun?: (runId: string) => void;
  /** Asked after every epoch, once its values are stored, with its number from 1: whether the run is pruned. */
  readonly afterEpoch?: (epoch: number) => boolean;
};

/** `runId` is null when a signal came before the run began. */
export type RunResult = {
  readonly runId: string | null;
  readonly status: FinalStatus;
  readonly exitCode: number;
  /** Stopped by `afterEpoch`. */
  readonly pruned: boolean;
};

/**
 * Trains an experiment. Ends as FINISHED, as KILLED after a signal (exit code 130, 143 or 129) or when it is pruned
 * (0), or as FAILED when a loss is no longer finite (exit code 1). Whatever else goes wrong is thrown, after the run says FAILED.
 */
export async function runExperiment(experiment: Experiment, options: RunOptions): Promise<RunResult> {
  const { runsFolder, output } = options;
  if (options.spool) requireNoStore(experiment);
  const interrupt = watchInterrupts((signal) =>
    output.info(`${signal}: finishing the steps under way and saving; once more stops at once`),
  );
  const store = openStore(options.spool?.storeFolder ?? runsFolder, { warn: output.warn });
  try {
    const dataset = await openDataset(experiment, { runsFolder, output, signal: interrupt.abort });
    output.info(`${dataset.description}${dataset.fromCache ? " (prepared before)" : ""}`);
    for (const note of dataset.notes) output.info(note);
    const opening = { runsFolder, output, signal: interrupt.abort };
    let larger: PreparedDataset | null = null;
    let sets: readonly OpenSet[] = [];
    try {
      larger = await openLarger(experiment, dataset, opening);
      sets = await openEvaluationSets(evaluatedSets(experiment), experiment, opening);
      const images = { dataset, larger, sets };
      const training = await openTraining(experiment, images, store, options, interrupt.abort);
      const result = await trainAndFinish(training, options, interrupt);
      options.spool?.publish("end", training.run.id);
      return result;
    } finally {
      closeSets(sets);
      larger?.close();
      dataset.close();
    }
  } catch (error) {
    const signal = interrupt.signal();
    if (signal && error === interrupt.abort.reason)
      return { runId: null, status: "KILLED", exitCode: exitCodes[signal], pruned: false };
    throw error;
  } finally {
    store.close();
    interrupt.close();
  }
}

/** Off its machine a store cannot be looked into. */
function requireNoStore({ model }: Experiment): void {
  if (isEmbedded(model) && model.classifier.kind === "trained")
    throw new UserError(
      `model.classifier.run: run ${model.classifier.run} is in the store, which is read on its own machine alone: train there, or name a pretrained classifier`,
    );
}

/** Where no metric is named, no image is looked at. */
function evaluatedSets({ metrics, evaluate, model }: Experiment) {
  return metrics.length === 0 || modelOf(model).output(model) === "labels" ? {} : evaluate;
}

async function trainAndFinish(
  training: Training,
  options: RunOptions,
  interrupt: Interrupt,
): Promise<RunResult> {
  const { output } = options;
  const { run, experiment, network, engine } = training;
  output.info(
    `run ${run.id}: ${experiment.name}, ${experiment.model.kind} (${formatCount(network.parameters)} parameters) on ${engine.name}, ${engine.device}`,
  );
  try {
    options.spool?.publish("start", run.id);
    const { status, error, pruned = false } = await train(training, options, interrupt);
    run.flush();
    await training.log.close(status);
    run.finish(status, error ?? undefined);
    if (pruned) output.info(error!);
    else if (error !== null) output.error(error);
    const signal = interrupt.signal();
    const isFine = status === "FINISHED" || pruned;
    const exitCode = isFine ? 0 : status === "KILLED" && signal ? exitCodes[signal] : 1;
    return { runId: run.id, status, exitCode, pruned };
  } catch (error) {
    await training.log.close("FAILED").catch(() => {}); // this error counts
    run.finish("FAILED", failureOf(error));
    publishFailure(options, run.id);
    throw error;
  } finally {
    const { whole, last, evaluator, evaluation } = training;
    // On a full disk the run cannot be closed, and an engine that stays open holds its memory or its process.
    await closeAll([run, whole.compiled, last?.compiled, evaluator, evaluation]);
  }
}
