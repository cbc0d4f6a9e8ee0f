// Whether a complete data set says itself which images are unseen.

import type { DatasetConfig, EvaluationConfig, PartConfig } from "./experiment.ts";

/** By splits or folders, so that no share is held out. */
export function hasOfficialSides(dataset: DatasetConfig | EvaluationConfig | PartConfig): boolean {
  if (dataset.kind === "union") return dataset.parts.every((part) => hasOfficialSides(part.dataset));
  if (dataset.kind === "folder") return Boolean(dataset.split);
  return "unseenSplit" in dataset && dataset.unseenSplit !== null;
}
