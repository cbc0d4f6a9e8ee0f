// A complete experiment as YAML that reads back as the same experiment.

import { stringify } from "yaml";
import { snakeCase } from "./camel-case.ts";
import type { DatasetConfig, Experiment, PartConfig } from "./experiment.ts";

export function experimentToYaml(experiment: Experiment): string {
  const { dataset } = experiment;
  const written = snakeCase(experiment) as { dataset: Record<string, unknown> };
  // The share is not used beside an official split, and the schema refuses both.
  if (hasOfficialSides(dataset)) delete written.dataset.holdout;
  return stringify(written, { lineWidth: 100, flowCollectionPadding: false });
}

function hasOfficialSides(dataset: DatasetConfig | PartConfig): boolean {
  if (dataset.kind === "union") return dataset.parts.every((part) => hasOfficialSides(part.dataset));
  if (dataset.kind === "folder") return Boolean(dataset.split);
  return "unseenSplit" in dataset && dataset.unseenSplit !== null;
}
