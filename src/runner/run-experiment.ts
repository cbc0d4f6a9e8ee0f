// The training loop, flat: for every epoch step and log, then evaluate, draw samples and save.

import { epochBatches } from "../datasets/prepare/batches.ts";
import type { StepInputs } from "../engine/engine.ts";
import { messageOf, UserError } from "../errors.ts";
import type { Experiment } from "../experiment/experiment.ts";
import { mainLossOf, modelOf } from "../models/models.ts";
import type { Output } from "../output.ts";
import { openStore } from "../store/open-store.ts";
import type { FinalStatus } from "../store/run-writer.ts";
import { writeCheckpoint } from "./checkpoints.ts";
import { createColorMeasure } from "./emergence/measure-colors.ts";
import { evaluateImages } from "./evaluate.ts";
import { closeSets, type OpenSet, openEvaluationSets } from "./evaluation/open-sets.ts";
import type { Warning } from "./health/warning.ts";
import { exitCodes, type Interrupt, watchInterrupts } from "./interrupt.ts";
import { learningRateFactor } from "./learning-rate.ts";
import { drawNoise } from "./noise.ts";
import { openDataset } from "./open-dataset.ts";
import type { FromScratch } from "./resume-point.ts";
import { drawSamples } from "./samples.ts";
import { stepsOfNextCall } from "./steps-per-call.ts";
import { openTraining, type Training } from "./training.ts";

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
  const interrupt = watchInterrupts((signal) =>
    output.info(`${signal}: finishing the steps under way and saving; once more stops at once`),
  );
  const store = openStore(runsFolder);
  try {
    const dataset = await openDataset(experiment, { runsFolder, output, signal: interrupt.abort });
    output.info(`${dataset.description}${dataset.fromCache ? " (prepared before)" : ""}`);
    for (const note of dataset.notes) output.info(note);
    let sets: readonly OpenSet[] = [];
    try {
      sets = await openEvaluationSets(evaluatedSets(experiment), experiment, {
        runsFolder,
        output,
        signal: interrupt.abort,
      });
      const training = await openTraining(experiment, dataset, sets, store, options, interrupt.abort);
      return await trainAndFinish(training, options, interrupt);
    } finally {
      closeSets(sets);
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
    `run ${run.id}: ${experiment.name}, ${experiment.model.kind} (${network.parameters.toLocaleString("en")} parameters) on ${engine.name}, ${engine.device}`,
  );
  try {
    const { status, error, pruned = false } = await train(training, options, interrupt);
    run.finish(status, error ?? undefined);
    if (pruned) output.info(error!);
    else if (error !== null) output.error(error);
    const signal = interrupt.signal();
    const isFine = status === "FINISHED" || pruned;
    const exitCode = isFine ? 0 : status === "KILLED" && signal ? exitCodes[signal] : 1;
    return { runId: run.id, status, exitCode, pruned };
  } catch (error) {
    run.finish(
      "FAILED",
      error instanceof UserError ? error.message : ((error as Error).stack ?? messageOf(error)),
    );
    throw error;
  } finally {
    run.close();
    await training.compiled.close();
    await training.evaluator.close();
    await training.metrics?.close();
  }
}

type Ending = { readonly status: FinalStatus; readonly error: string | null; readonly pruned?: boolean };

async function train(training: Training, options: RunOptions, interrupt: Interrupt): Promise<Ending> {
  const { output, afterEpoch } = options;
  const { experiment, dataset, engine, compiled, evaluator, evaluation, run, health, stepsPerEpoch } =
    training;
  const { epochs, batch_size: batchSize } = experiment.train;
  const mainLoss = mainLossOf(experiment.model);
  const progress = output.progress(epochs * stepsPerEpoch);
  let step = training.firstStep;
  let state = training.firstState;
  let stepsPerCall = 1;
  let lastCheckpoint: string | null = null;

  const warn = (warnings: readonly Warning[]) => {
    for (const { kind, message } of warnings) {
      output.warn(message);
      run.event("warning", kind, message);
    }
  };
  const evaluate = async (epoch: number): Promise<number> => {
    const began = performance.now();
    const isSampled = epoch % experiment.samples.every === 0 || epoch === epochs;
    const colors = isSampled && evaluator.output !== "labels" ? createColorMeasure(evaluator.output) : null;
    const ofUnseen = isSampled && evaluation ? evaluation.beginUnseen() : null;
    const measured = await evaluateImages(
      evaluator,
      state,
      dataset.unseen,
      dataset.labels,
      (image, place) => {
        colors?.visit(image, place);
        return ofUnseen?.visit(image, place);
      },
    );
    run.logScalars(
      step,
      Object.fromEntries(Object.entries(measured).map(([name, value]) => [`unseen/${name}`, value])),
    );
    if (colors) {
      run.logScalars(step, colors.values());
      warn(health.afterSampling(epoch, colors.values()));
    }
    if (ofUnseen) run.logMeasured(step, [ofUnseen.finish(), ...(await evaluation!.evaluateOthers(state))]);
    if (isSampled) {
      run.logImages(await drawSamples(evaluator, state, dataset, training.samples, epoch));
    }
    run.logScalars(step, { "train/evaluation_seconds": (performance.now() - began) / 1000 });
    return measured.loss;
  };
  const save = async () => {
    const exported = await engine.exportState(state);
    run.sync(); // a checkpoint is never ahead of the values in the store
    const checkpoint = { step, epoch: Math.floor(step / stepsPerEpoch), state: exported };
    lastCheckpoint = writeCheckpoint(training.checkpoints, checkpoint, experiment.checkpoint.keep);
    run.event("info", "checkpoint", `step ${step}: ${lastCheckpoint}`);
    run.flush();
  };

  const nonFinite = (name: string, value: number, at: number, epoch: number): Ending => {
    const resumed = training.firstStep > 0 ? "the one that it resumed from" : "none yet";
    return {
      status: "FAILED",
      error: `${name} became ${value} at step ${at} of epoch ${epoch}; last good checkpoint: ${lastCheckpoint ?? resumed}; a smaller train.optimizer.learning_rate often helps`,
    };
  };

  try {
    if (step === 0) await evaluate(0);
    for (let epoch = Math.floor(step / stepsPerEpoch); epoch < epochs; epoch++) {
      const batches = epochBatches(dataset.seen, batchSize, experiment.seed, epoch);
      const epochStart = performance.now();
      const firstOfEpoch = epoch * stepsPerEpoch;
      let lossSum = step === training.firstStep ? training.firstLossSum : 0;
      let waitedMs = 0;
      let prepared: PreparedCall | null = null;
      const end = (epoch + 1) * stepsPerEpoch;
      /** What the call needs that begins after `at` finished steps. */
      const prepare = (at: number): PreparedCall => {
        const begin = at - epoch * stepsPerEpoch;
        const count = Math.min(stepsPerCall, end - at);
        return { count, ...nextInputs(training, batches.slice(begin, begin + count), at) };
      };

      while (step < end) {
        if (interrupt.signal()) {
          await save();
          return { status: "KILLED", error: null };
        }
        // Several steps a call, so that the state is not copied out of the engine at each.
        const asked = performance.now();
        const call: PreparedCall = prepared ?? prepare(step);
        const { count, inputs, rates } = call;
        const called = performance.now();
        waitedMs += called - asked;
        const running = compiled.run(state, count, inputs);
        prepared = step + count < end ? prepare(step + count) : null; // while the engine computes
        const result = await running;
        const callTookMs = performance.now() - called;
        engine.release(state);
        state = result.state;

        for (let index = 0; index < count; index++) {
          const losses = Object.fromEntries(
            Object.entries(result.losses).map(([name, values]) => [`train/${name}`, values[index]!]),
          );
          run.logScalars(step + index + 1, { ...losses, ...rates[index]! });
          warn(health.afterStep(step + index + 1, losses));
          lossSum += result.losses[mainLoss]![index]!;
        }
        const imagesPerSecond = (count * batchSize * 1000) / callTookMs;
        run.logScalars(step + count, { "train/images_per_second": imagesPerSecond });
        run.flushIfDue();

        const broken = firstNonFinite(result.losses);
        if (broken !== null) {
          return nonFinite(`train/${broken.name}`, broken.value, step + broken.index + 1, epoch + 1);
        }
        step += count;
        stepsPerCall = stepsOfNextCall(count, callTookMs, training.stateSpecs);
        const meanOfEpoch = lossSum / (step - firstOfEpoch);
        progress.update(
          step,
          `epoch ${epoch + 1}/${epochs}  ${imagesPerSecond.toFixed(0)} images/s  ${mainLoss} ${meanOfEpoch.toFixed(5)}`,
        );
      }

      const seconds = (performance.now() - epochStart) / 1000;
      const seen = lossSum / (step - firstOfEpoch);
      run.logScalars(step, {
        "seen/loss": seen,
        "train/epoch_seconds": seconds,
        "train/waiting_seconds": waitedMs / 1000,
      });
      const unseen = await evaluate(epoch + 1);
      // The last update may have broken weights whose losses were still finite: they must not become a checkpoint.
      if (!Number.isFinite(unseen)) return nonFinite("unseen/loss", unseen, step, epoch + 1);
      output.info(
        `epoch ${epoch + 1}/${epochs}  seen ${seen.toFixed(5)}  unseen ${unseen.toFixed(5)}  ${seconds.toFixed(1)} s`,
      );
      if ((epoch + 1) % experiment.checkpoint.every === 0 || epoch + 1 === epochs) await save();
      else run.flush();
      if (afterEpoch?.(epoch + 1) && epoch + 1 < epochs) {
        return { status: "KILLED", error: `pruned after epoch ${epoch + 1}`, pruned: true };
      }
    }
    return { status: "FINISHED", error: null };
  } finally {
    progress.stop();
    engine.release(state);
  }
}

type PreparedCall = { readonly count: number } & ReturnType<typeof nextInputs>;

/** What the engine needs for the steps on `batches`, the first of them after `step` finished ones. */
function nextInputs(training: Training, batches: readonly Uint32Array[], step: number) {
  const { experiment, source, network, stepsPerEpoch } = training;
  const { train, model } = experiment;
  const { networks } = modelOf(model);
  const factors = batches.map((_, index) =>
    learningRateFactor(train.schedule, { step: step + index, stepsPerEpoch, epochs: train.epochs }),
  );
  const scalars = factors.map((factor, index) => network.hyper(step + index + 1, factor));
  const rates = factors.map((factor) =>
    Object.fromEntries(
      networks.map(({ rate, optimizer }) => [
        `train/${rate}`,
        factor * (train[optimizer] ?? train.optimizer).learning_rate,
      ]),
    ),
  );
  const inputs: StepInputs = {
    batch: source.read(network.specs.batch, batches, Math.floor(step / stepsPerEpoch)),
    noise: drawNoise(network.specs.noise, experiment.seed, step, batches.length),
    hyper: Object.fromEntries(
      network.specs.hyper.map((name) => [name, Float32Array.from(scalars, (values) => values[name]!)]),
    ),
  };
  return { inputs, rates };
}

function firstNonFinite(losses: Readonly<Record<string, Float32Array>>) {
  for (const [name, values] of Object.entries(losses)) {
    const index = values.findIndex((value) => !Number.isFinite(value));
    if (index >= 0) return { name, index, value: values[index]! };
  }
  return null;
}
