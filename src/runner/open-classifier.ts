// A trained classifier, shown grey pictures that belong to no data set: the probability of each label by itself, in the order
// of the data set.

import { UserError } from "../errors.ts";
import { modelOf } from "../models/models.ts";
import type { RunRow } from "../store/rows.ts";
import type { ChosenCheckpoint } from "./evaluation/choose-checkpoint.ts";
import { openNetwork, type Shown, type ShownOptions, shown } from "./open-network.ts";

export type Classifier = Shown<"labels">;

/** Throws UserError where the run learnt no labels. */
export async function openClassifier(
  run: RunRow,
  checkpoint: ChosenCheckpoint,
  options: Omit<ShownOptions, "size">,
): Promise<Classifier> {
  requireClassifier(run);
  return shown(await openNetwork(run, checkpoint, "labels", { ...options, size: null }));
}

/** Throws UserError where the run learnt no labels. */
export function requireClassifier({ id, experiment: { model } }: RunRow): void {
  if (modelOf(model).output(model) === "labels") return;
  throw new UserError(`run ${id}: expected a classifier, got a ${model.kind}, which makes colors`);
}
