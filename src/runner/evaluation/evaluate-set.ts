// One set of images through the network and all metrics: the values of the set and of each image.

import type { EngineState } from "../../engine/engine.ts";
import { imagePair } from "../../metrics/image-pair.ts";
import type { OpenMetrics } from "../../metrics/open-metrics.ts";
import type { EvaluatedSet } from "../../store/rows.ts";
import type { Evaluated, Evaluator } from "../evaluate.ts";

/** The first images of one data set, under the name that its series begin with. */
export type EvaluationSet = {
  readonly name: string;
  /** Reads from the set's data set. */
  readonly evaluator: Evaluator;
  /** Of the images, as the evaluator takes them. */
  readonly indices: Uint32Array;
  /** Their places in the order in which the store has the data set. */
  readonly places: Uint32Array;
};

export type SetEvaluation = {
  /** For the evaluator, with images in order; looks at as many as the set has. */
  visit(image: Pick<Evaluated, "rgb" | "prediction">, place: number): Promise<void>;
  finish(): EvaluatedSet;
};

/** For a pass over the set's images that is made anyway. */
export function beginEvaluation(
  { name, evaluator, indices, places }: EvaluationSet,
  metrics: OpenMetrics,
): SetEvaluation {
  const output = evaluator.output === "rgb" ? "rgb" : "chroma";
  return {
    async visit({ rgb, prediction }, place) {
      if (place < indices.length) await metrics.measure(imagePair(output, rgb, prediction));
    },
    finish: () => ({ set: name, places, ...metrics.finish() }),
  };
}

/** With the mean loss among the values of the set. */
export async function evaluateSet(
  set: EvaluationSet,
  state: EngineState,
  metrics: OpenMetrics,
): Promise<EvaluatedSet> {
  const evaluation = beginEvaluation(set, metrics);
  let sum = 0;
  await set.evaluator.forEach(state, set.indices, (image, place) => {
    sum += image.loss;
    return evaluation.visit(image, place);
  });
  const measured = evaluation.finish();
  return { ...measured, ofSet: { loss: sum / set.indices.length, ...measured.ofSet } };
}
