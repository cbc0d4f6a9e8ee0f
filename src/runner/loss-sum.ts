// The mean loss of an epoch while it is trained. A smaller last batch counts for its share of a whole one, so that every
// image counts the same.

import type { Series } from "../store/rows.ts";
import type { EpochCut } from "./last-batch.ts";

/** Of whole batches every weight is 1. */
export type LossSum = { readonly sum: number; readonly weight: number };

export function lossSum({ sum, weight }: LossSum = { sum: 0, weight: 0 }) {
  return {
    add(loss: number, share: number): void {
      sum += loss * share;
      weight += share;
    },
    mean: () => sum / weight,
  };
}

/** Of the epoch in which step `finished` lies, up to that step. */
export function lossesBefore(
  logged: Pick<Series, "step" | "value"> | undefined,
  finished: number,
  { stepsPerEpoch, inLast }: EpochCut,
  images: number,
): LossSum {
  const began = finished - (finished % stepsPerEpoch);
  let [sum, weight] = [0, 0];
  for (const [at, step] of (logged?.step ?? []).entries()) {
    if (step <= began) continue;
    const share = inLast > 0 && step % stepsPerEpoch === 0 ? inLast / images : 1;
    sum += logged!.value[at]! * share;
    weight += share;
  }
  return { sum, weight };
}
