// The training loop, flat.

import { epochBatches } from "../datasets/prepare/batches.ts";
import { mainLossOf } from "../models/models.ts";
import { divergence } from "../runs/divergence.ts";
import type { FinalStatus } from "../store/run-writer.ts";
import { writeCheckpoint } from "./checkpoints.ts";
import { evaluateEpoch } from "./evaluation/evaluate-epoch.ts";
import type { Warning } from "./health/warning.ts";
import type { Interrupt } from "./interrupt.ts";
import type { TrainingStep } from "./last-batch.ts";
import { lossSum } from "./loss-sum.ts";
import type { RunOptions } from "./run-experiment.ts";
import { nextInputs } from "./step-inputs.ts";
import { stepsOfNextCall } from "./steps-per-call.ts";
import type { Training } from "./training.ts";

/** How a training ended; `pruned` where `afterEpoch` stopped it. */
export type Ending = {
  readonly status: FinalStatus;
  readonly error: string | null;
  readonly pruned?: boolean;
};

/** For every epoch step and log, then evaluate, draw samples and save. */
export async function train(training: Training, options: RunOptions, interrupt: Interrupt): Promise<Ending> {
  const { output, afterEpoch, spool } = options;
  const { experiment, dataset, engine, run, log, health, whole, last, stepsPerEpoch } = training;
  const { epochs } = experiment.train;
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
  const save = async () => {
    const exported = await engine.exportState(state);
    run.sync(); // a checkpoint is never ahead of the values in the store
    spool?.publish("checkpoint", run.id);
    const checkpoint = { step, epoch: Math.floor(step / stepsPerEpoch), state: exported };
    lastCheckpoint = writeCheckpoint(training.checkpoints, checkpoint, experiment.checkpoint.keep);
    run.event("info", "checkpoint", `step ${step}: ${lastCheckpoint}`);
  };

  const nonFinite = (name: string, value: number, at: number, epoch: number): Ending => {
    const resumed = training.firstStep > 0 ? "the one that it resumed from" : "none yet";
    return {
      status: "FAILED",
      error: `${divergence(name, value, at, epoch)}; last good checkpoint: ${lastCheckpoint ?? resumed}; a smaller train.optimizer.learning_rate often helps`,
    };
  };

  try {
    if (step === 0) await evaluateEpoch(training, { state, step, epoch: 0 }, warn);
    for (let epoch = Math.floor(step / stepsPerEpoch); epoch < epochs; epoch++) {
      const batches = epochBatches(dataset.seen, whole.images, experiment.seed, epoch, last !== null);
      const epochStart = performance.now();
      const losses = lossSum(step === training.firstStep ? training.firstLosses : undefined);
      let waitedMs = 0;
      let prepared: PreparedCall | null = null;
      const end = (epoch + 1) * stepsPerEpoch;
      /** What the call needs that begins after `at` finished steps. */
      const prepare = (at: number): PreparedCall => {
        const begin = at - epoch * stepsPerEpoch;
        const kind = last !== null && at === end - 1 ? last : whole;
        const count = kind === last ? 1 : Math.min(stepsPerCall, end - at - (last === null ? 0 : 1));
        return { kind, count, ...nextInputs(training, kind.specs, batches.slice(begin, begin + count), at) };
      };

      while (step < end) {
        if (interrupt.signal()) {
          await save();
          return { status: "KILLED", error: null };
        }
        // Several steps a call, so that the state is not copied out of the engine at each.
        const asked = performance.now();
        const call: PreparedCall = prepared ?? prepare(step);
        const { kind, count, inputs, rates } = call;
        const called = performance.now();
        waitedMs += called - asked;
        const running = kind.compiled.run(state, count, inputs);
        prepared = step + count < end ? prepare(step + count) : null; // while the engine computes
        const result = await running;
        const callTookMs = performance.now() - called;
        state = result.state;

        for (let index = 0; index < count; index++) {
          const ofStep = Object.fromEntries(
            Object.entries(result.losses).map(([name, values]) => [`train/${name}`, values[index]!]),
          );
          run.logScalars(step + index + 1, { ...ofStep, ...rates[index]! });
          warn(health.afterStep(step + index + 1, ofStep));
          losses.add(result.losses[mainLoss]![index]!, kind.images / whole.images);
        }
        const imagesPerSecond = (count * kind.images * 1000) / callTookMs;
        run.logScalars(step + count, { "train/images_per_second": imagesPerSecond });
        run.flushIfDue();
        await log.catchUpIfDue();

        const broken = firstNonFinite(result.losses);
        if (broken !== null) {
          return nonFinite(`train/${broken.name}`, broken.value, step + broken.index + 1, epoch + 1);
        }
        step += count;
        if (kind === whole) stepsPerCall = stepsOfNextCall(count, callTookMs, training.stateSpecs);
        progress.update(
          step,
          `epoch ${epoch + 1}/${epochs}  ${imagesPerSecond.toFixed(0)} images/s  ${mainLoss} ${losses.mean().toFixed(5)}`,
        );
      }

      const seconds = (performance.now() - epochStart) / 1000;
      const seen = losses.mean();
      run.logScalars(step, {
        "seen/loss": seen,
        "train/epoch_seconds": seconds,
        "train/waiting_seconds": waitedMs / 1000,
      });
      const unseen = await evaluateEpoch(training, { state, step, epoch: epoch + 1 }, warn);
      // The last update may have broken weights whose losses were still finite: they must not become a checkpoint.
      if (!Number.isFinite(unseen)) return nonFinite("unseen/loss", unseen, step, epoch + 1);
      output.info(
        `epoch ${epoch + 1}/${epochs}  seen ${seen.toFixed(5)}  unseen ${unseen.toFixed(5)}  ${seconds.toFixed(1)} s`,
      );
      if ((epoch + 1) % experiment.checkpoint.every === 0 || epoch + 1 === epochs) await save();
      else run.flush();
      await log.catchUp();
      spool?.publish("epoch", run.id);
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

type PreparedCall = { readonly kind: TrainingStep; readonly count: number } & ReturnType<typeof nextInputs>;

function firstNonFinite(losses: Readonly<Record<string, Float32Array>>) {
  for (const [name, values] of Object.entries(losses)) {
    const index = values.findIndex((value) => !Number.isFinite(value));
    if (index >= 0) return { name, index, value: values[index]! };
  }
  return null;
}
