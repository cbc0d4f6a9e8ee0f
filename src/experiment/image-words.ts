import { datasetOf } from "../datasets/datasets.ts";
import type { Experiment } from "./experiment.ts";

/** What the images of an experiment are called, such as "COCO photographs". */
export function imageWords({ dataset }: Pick<Experiment, "dataset">): string {
  return datasetOf(dataset).images;
}
