// The images that a run was tested on, and what they are called in a page.

import { type MeasuredSet, measuredSet } from "../runs/comparable.ts";
import type { SetName } from "../runs/series.ts";
import type { ReportRun } from "./read-report-runs.ts";
import { isElsewhere } from "./run-words.ts";

export type TestSet = {
  /** As the run's series and pictures name it. */
  readonly set: SetName;
  /** As in `MeasuredSet`. */
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
  const names = unseenNames(runs);
  const testedOn = runs.map((data) => new Set(testedSets(data).map(({ images }) => images)));
  const isShared = (part: string, whole: string) => testedOn.every((of) => of.has(part) || !of.has(whole));
  return (data) => {
    const all = testedSets(data);
    const standIns = new Set(
      all.flatMap(({ images, partOf }) =>
        partOf !== null && partOf !== images && isShared(images, partOf) ? [partOf] : [],
      ),
    );
    const nameOf = ({ set, images, partOf }: MeasuredSet) =>
      names.get(partOf !== null && standIns.has(partOf) ? partOf : images) ?? set;
    return all
      .filter(({ images }) => !standIns.has(images))
      .map((tested) => ({ set: tested.set, images: tested.images, name: nameOf(tested) }));
  };
}

/** Sets beside the run's own images. */
export function otherSets({ measuredSets }: ReportRun): MeasuredSet[] {
  return measuredSets.filter(({ set }) => set !== "seen" && set !== "unseen");
}

function testedSets(data: ReportRun): MeasuredSet[] {
  return isElsewhere(data) ? otherSets(data) : data.measuredSets.filter(({ set }) => set !== "seen");
}

/** What unseen images are called: as their data set, or as all that have the same ones. */
export function unseenNames(runs: readonly ReportRun[]): ReadonlyMap<string, string> {
  const ofDatasets = datasetNames(runs);
  const names = new Map<string, Set<string>>();
  for (const data of runs) {
    const images = ownUnseen(data);
    names.set(images, (names.get(images) ?? new Set()).add(ofDatasets.get(data.run.datasetFingerprint)!));
  }
  return new Map([...names].map(([images, called]) => [images, sharedName([...called])]));
}

/** Such as "coco train2017 + val2017: 60 unseen, 64x64" of data sets that differ in how many images are trained on. */
function sharedName(names: readonly string[]): string {
  if (names.length === 1) return names[0]!;
  return [...new Set(names.map((name) => name.replace(/ \d+ seen,/, "")))].join(" or ");
}

/** Whether all are trained with the same images kept unseen, whatever they are trained on. */
export function haveSameUnseen(runs: readonly ReportRun[]): boolean {
  return new Set(runs.map(ownUnseen)).size <= 1;
}

/** Names the unseen images of the data set that a run is trained on. */
export function ownUnseen({ measuredSets }: ReportRun): string {
  return measuredSet(measuredSets, "unseen").images;
}
