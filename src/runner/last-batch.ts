// The last batch of an epoch where the images do not fill it: dropped, other images each time, or trained on as it is
// (train.last_batch). A step is compiled for one batch size, so a smaller batch has a step of its own on the same state.

import type { Closable } from "../close-all.ts";
import { type CompiledStep, type Engine, specsOf } from "../engine/engine.ts";
import { UserError } from "../errors.ts";
import type { Experiment } from "../experiment/experiment.ts";
import { modelOf } from "../models/models.ts";
import type { Network } from "../models/network.ts";
import type { State, StepSpecs } from "../training-step.ts";
import { buildNetwork, type NetworkExtras } from "./build-network.ts";

/** A step for batches of so many images. */
export type TrainingStep = {
  readonly images: number;
  readonly specs: StepSpecs;
  readonly compiled: CompiledStep;
};

export type EpochCut = {
  readonly stepsPerEpoch: number;
  /** Images of the last step where it is a smaller one; 0 where all are whole. */
  readonly inLast: number;
  /** Images that no step of an epoch takes. */
  readonly leftOut: number;
};

/** Throws UserError where no batch is whole. */
export function cutOfEpoch(
  images: number,
  { batch_size: batchSize, last_batch }: Experiment["train"],
): EpochCut {
  const whole = Math.floor(images / batchSize);
  if (whole === 0)
    throw new UserError(
      `train.batch_size: expected at most the ${images} images to train on, got ${batchSize}`,
    );
  const rest = images - whole * batchSize;
  const isKept = last_batch === "keep" && rest > 0;
  return {
    stepsPerEpoch: whole + (isKept ? 1 : 0),
    inLast: isKept ? rest : 0,
    leftOut: isKept ? 0 : rest,
  };
}

/**
 * Equal parts of the smaller batch, of at most as many images as a part of a whole one: it must fit the same memory. Such as 7
 * parts of 1 where 16 images are taken in 4 parts of 4, as 7 has no other divisor.
 */
export function partsOfLast(inLast: number, { batch_size, accumulate }: Experiment["train"]): number {
  const most = batch_size / accumulate;
  let parts = Math.ceil(inLast / most);
  while (inLast % parts !== 0) parts++;
  return parts;
}

/** Both steps of a training, which are added to `opened`; `last` is null where no batch is smaller. Throws UserError where the model cannot take it. */
export async function compileSteps(
  engine: Engine,
  network: Network,
  initial: State,
  experiment: Experiment,
  extras: NetworkExtras,
  { inLast }: EpochCut,
  opened: Closable[],
): Promise<{ readonly whole: TrainingStep; readonly last: TrainingStep | null }> {
  const compiled = async (images: number, { step, specs }: Network): Promise<TrainingStep> => {
    const compiled = await engine.compileStep(step, specsOf(initial), specs);
    opened.push(compiled);
    return { images, specs, compiled };
  };
  const { model, image, train } = experiment;
  const whole = await compiled(train.batch_size, network);
  if (inLast === 0) return { whole, last: null };
  const accumulate = partsOfLast(inLast, train);
  const surroundings = { imageSize: image.size, batchSize: inLast, accumulate };
  const [problem] = modelOf(model).problems(model, surroundings);
  if (problem !== undefined)
    throw new UserError(
      `train.last_batch: the ${inLast} images that are left make no batch for ${model.kind}: ${problem.path.join(".")}: ${problem.text}; drop leaves them out`,
    );
  const smaller = { ...experiment, train: { ...train, batch_size: inLast, accumulate } };
  return { whole, last: await compiled(inLast, await buildNetwork(smaller, extras)) };
}
