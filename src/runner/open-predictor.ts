// A network that colors pictures which belong to no data set.

import { UserError } from "../errors.ts";
import type { ModelOutput } from "../models/model.ts";
import { modelOf } from "../models/models.ts";
import type { RunRow } from "../store/rows.ts";
import type { ChosenCheckpoint } from "./evaluation/choose-checkpoint.ts";
import { openNetwork, type Shown, type ShownOptions, shown } from "./open-network.ts";

export type Predictor = Shown<Exclude<ModelOutput, "labels">>;

/** Throws UserError where the run makes no colors, or not at that size. */
export async function openPredictor(
  run: RunRow,
  checkpoint: ChosenCheckpoint,
  options: ShownOptions,
): Promise<Predictor> {
  return shown(await openNetwork(run, checkpoint, colorsOf(run), options));
}

/** Throws UserError where the run makes no colors. */
export function colorsOf({ id, experiment: { model } }: RunRow): Predictor["output"] {
  const output = modelOf(model).output(model);
  if (output !== "labels") return output;
  throw new UserError(`run ${id}: expected a network that makes colors, got a ${model.kind}`);
}
