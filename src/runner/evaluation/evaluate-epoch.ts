// What is looked at after every epoch: the loss of all unseen images, and at sampling epochs colors, metrics and samples.

import type { EngineState } from "../../engine/engine.ts";
import { createColorObserver } from "../emergence/observe-colors.ts";
import { evaluateImages } from "../evaluate.ts";
import type { Warning } from "../health/warning.ts";
import { drawSamples } from "../samples.ts";
import type { Training } from "../training.ts";

type Moment = { readonly state: EngineState; readonly step: number; readonly epoch: number };

/** Logs it and gives the mean loss. */
export async function evaluateEpoch(
  training: Training,
  { state, step, epoch }: Moment,
  warn: (warnings: readonly Warning[]) => void,
): Promise<number> {
  const { experiment, dataset, evaluator, evaluation, run, health } = training;
  const began = performance.now();
  const isSampled = epoch % experiment.samples.every === 0 || epoch === experiment.train.epochs;
  const colors = isSampled && evaluator.output !== "labels" ? createColorObserver(evaluator.output) : null;
  const ofUnseen = isSampled && evaluation ? evaluation.beginUnseen() : null;
  const found = await evaluateImages(evaluator, state, dataset.unseen, dataset.labels, (image, place) => {
    colors?.visit(image, place);
    return ofUnseen?.visit(image, place);
  });
  run.logScalars(
    step,
    Object.fromEntries(Object.entries(found).map(([name, value]) => [`unseen/${name}`, value])),
  );
  if (colors) {
    run.logScalars(step, colors.values());
    warn(health.afterSampling(epoch, colors.values()));
  }
  if (ofUnseen) run.logEvaluation(step, [ofUnseen.finish(), ...(await evaluation!.evaluateOthers(state))]);
  if (isSampled) {
    run.logImages(await drawSamples(evaluator, state, dataset, training.samples, epoch));
  }
  run.logScalars(step, { "train/evaluation_seconds": (performance.now() - began) / 1000 });
  return found.loss;
}
