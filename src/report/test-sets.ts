// The images that a run was tested on, and what they are called in a page.

import type { SetName } from "../runs/series.ts";
import type { ReportRun } from "./read-report-runs.ts";
import { isElsewhere } from "./run-words.ts";

export type TestSet = {
  /** As the run's series and pictures name it. */
  readonly set: SetName;
  /** Fingerprint of its data set. */
  readonly images: string;
  /** The data set that one of the page's runs is trained on, where the images are its unseen ones; else as the run calls it. */
  readonly name: string;
};

/** Names the data sets that runs are trained on, by fingerprint, such as "celeba train: 64 images"; other images, another name. */
export function datasetNames(runs: readonly ReportRun[]): ReadonlyMap<string, string> {
  const described = new Map(
    runs.map(({ dataset, run }) => [
      run.datasetFingerprint,
      dataset?.description ?? `data ${run.datasetFingerprint.slice(0, 8)}`,
    ]),
  );
  const all = [...described.values()];
  const isOne = (name: string) => all.filter((each) => each === name).length === 1;
  return new Map(
    [...described].map(([fingerprint, name]) => [
      fingerprint,
      isOne(name) ? name : `${name} (${fingerprint.slice(0, 6)})`,
    ]),
  );
}

/**
 * Gives the sets of one of `runs`: its own unseen images, where it was trained here, then its evaluation sets. Where it was tested on those unseen images
 * of a data set that no other run trained on, they stand for all unseen ones.
 */
export function testSetsOf(runs: readonly ReportRun[]): (run: ReportRun) => TestSet[] {
  const names = datasetNames(runs);
  return (data) => {
    const { run, evaluationSets } = data;
    const own = { set: "unseen", fingerprint: run.datasetFingerprint, partOf: null };
    const all = [...(isElsewhere(data) ? [] : [own]), ...evaluationSets];
    const standIns = new Set(all.map(({ fingerprint, partOf }) => (partOf === fingerprint ? null : partOf)));
    return all
      .filter(({ fingerprint }) => !standIns.has(fingerprint))
      .map(({ set, fingerprint, partOf }) => ({
        set,
        images: fingerprint,
        name: names.get(partOf ?? fingerprint) ?? set,
      }));
  };
}
