// What the engine is handed for a call of several steps.

import type { StepInputs } from "../engine/engine.ts";
import { modelOf } from "../models/models.ts";
import type { StepSpecs } from "../training-step.ts";
import { learningRateFactor } from "./learning-rate.ts";
import { drawNoise } from "./noise.ts";
import type { Training } from "./training.ts";

/** What the engine needs for the steps on `batches`, all of the size that `specs` are for, the first after `step` finished ones. */
export function nextInputs(
  training: Training,
  specs: StepSpecs,
  batches: readonly Uint32Array[],
  step: number,
) {
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
    batch: source.read(specs.batch, batches, Math.floor(step / stepsPerEpoch)),
    noise: drawNoise(specs.noise, experiment.seed, step, batches.length),
    hyper: Object.fromEntries(
      specs.hyper.map((name) => [name, Float32Array.from(scalars, (values) => values[name]!)]),
    ),
  };
  return { inputs, rates };
}
