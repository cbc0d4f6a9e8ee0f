// What is looked at after every epoch: the loss and the colors of unseen images, and at sampling epochs metrics and
// samples. How often that is changes what is stored and nothing else.

import type { EngineState } from "../../engine/engine.ts";
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
  const colors = training.observeColors?.() ?? null;
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
    const values = colors.values();
    run.logScalars(step, values);
    warn(health.afterEpoch(epoch, values));
  }
  if (ofUnseen) run.logEvaluation(step, [ofUnseen.finish(), ...(await evaluation!.evaluateOthers(state))]);
  if (isSampled) {
    const { samples, drawnSets } = training;
    const drawn = [];
    for (const set of samples)
      drawn.push(...(await drawSamples(set, state, epoch, !drawnSets.has(set.name))));
    run.logImages(drawn);
    for (const { name } of samples) drawnSets.add(name);
  }
  run.logScalars(step, { "train/evaluation_seconds": (performance.now() - began) / 1000 });
  return found.loss;
}
