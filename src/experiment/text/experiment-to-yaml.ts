// A complete experiment as YAML that reads back as the same experiment.

import { stringify } from "yaml";
import type { Experiment } from "../experiment.ts";

export function experimentToYaml(experiment: Experiment): string {
  return stringify(experiment, { lineWidth: 100, flowCollectionPadding: false });
}
