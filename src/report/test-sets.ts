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
 * Gives the sets of one of `runs`: its own unseen images, where it was trained here, then its evaluation sets. Those unseen
 * images of a data set that no run trained on stand for all its unseen ones where every run that was tested on all was
 * tested on them, too: else two runs would be of different images under one name.
 */
export function testSetsOf(runs: readonly ReportRun[]): (run: ReportRun) => TestSet[] {
  const names = datasetNames(runs);
  const testedOn = runs.map((data) => new Set(allOf(data).map(({ fingerprint }) => fingerprint)));
  const isShared = (part: string, whole: string) => testedOn.every((of) => of.has(part) || !of.has(whole));
  return (data) => {
    const all = allOf(data);
    const standIns = new Set(
      all.flatMap(({ fingerprint, partOf }) =>
        partOf != null && partOf !== fingerprint && isShared(fingerprint, partOf) ? [partOf] : [],
      ),
    );
    const nameOf = ({ set, fingerprint, partOf }: Tested) =>
      names.get(partOf != null && standIns.has(partOf) ? partOf : fingerprint) ?? set;
    return all
      .filter(({ fingerprint }) => !standIns.has(fingerprint))
      .map((tested) => ({ set: tested.set, images: tested.fingerprint, name: nameOf(tested) }));
  };
}
type Tested = {
  readonly set: SetName;
  readonly fingerprint: string;
  readonly partOf?: string | null | undefined;
};

function allOf(data: ReportRun): Tested[] {
  const own = { set: "unseen", fingerprint: data.run.datasetFingerprint, partOf: null };
  return [...(isElsewhere(data) ? [] : [own]), ...data.evaluationSets];
}
