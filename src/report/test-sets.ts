// What the images are called that runs are tested on.

import type { ReportRun } from "./read-report-runs.ts";

/** Of the data set that a run is trained on, such as "celeba train: 64 images". */
export function datasetName({ dataset, run }: ReportRun): string {
  return dataset?.description ?? `data ${run.datasetFingerprint.slice(0, 8)}`;
}

/** Names a set of a run by the data set that one of `runs` is trained on, where its images are those. */
export function testSetNames(runs: readonly ReportRun[]): (set: string, images: string) => string {
  const names = new Map(runs.map((data) => [data.run.datasetFingerprint, datasetName(data)]));
  return (set, images) => names.get(images) ?? set;
}
