// A complete experiment as YAML that reads back as the same experiment.

import { stringify } from "yaml";
import { snakeCase } from "./camel-case.ts";
import type { Experiment } from "./experiment.ts";
import { hasOfficialSides } from "./official-sides.ts";

export function experimentToYaml(experiment: Experiment): string {
  const { dataset } = experiment;
  const written = snakeCase(experiment) as { dataset: Record<string, unknown> };
  // The share is not used beside an official split, and the schema refuses both.
  if (hasOfficialSides(dataset)) delete written.dataset.holdout;
  return stringify(written, { lineWidth: 100, flowCollectionPadding: false });
}
