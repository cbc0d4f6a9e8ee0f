// Which values compare: those of the same images and, where they are losses, of the same kind. Others are shown side by
// side, but none of them is marked as the best or given a rank.

import type { SeriesSpec, SetName } from "./series.ts";

/** A value's series, and what names the images that it is of. */
export type Origin = {
  readonly spec: Pick<SeriesSpec, "family" | "compares" | "set">;
  readonly images: string;
};

/** Images that a run is measured on. */
export type MeasuredSet = {
  /** "seen", "unseen" or the name of an evaluation set. */
  readonly set: SetName;
  /** Names the images, and is equal where two sets have the same ones. */
  readonly images: string;
  /** Fingerprint of the data set that they are of, and in whose order they are. */
  readonly dataset: string;
  /** How many of them, from the first, metrics are measured on; null is all. */
  readonly first: number | null;
  /** Names the unseen images of a data set, where these are those that other runs were not trained on; null for others. */
  readonly partOf: string | null;
};

export type Difference = "images" | "kind";

/** Of measurements of images. Times, rates and the like are of no images. */
const ofImages: readonly SeriesSpec["family"][] = ["loss", "metric", "color", "emergence", "real"];

/** Why values do not compare; null where they do. */
export function differenceOf(origins: readonly Origin[]): Difference | null {
  const differ = (values: readonly (string | null)[]) => new Set(values).size > 1;
  if (differ(origins.map(({ spec }) => spec.compares))) return "kind";
  const measured = origins.filter(({ spec }) => ofImages.includes(spec.family));
  return differ(measured.map(({ images }) => images)) ? "images" : null;
}

export function areComparable(origins: readonly Origin[]): boolean {
  return differenceOf(origins) === null;
}

/** Such as "of different images". */
export function differenceWords(difference: Difference, origins: readonly Origin[]): string {
  if (difference === "images") return "of different images";
  const kinds = [...new Set(origins.map(({ spec }) => spec.compares))];
  return `of different kinds (${kinds.join("; ")})`;
}

/** The origin of a value of a run, which is measured on those sets. */
export function originOf(spec: Origin["spec"], sets: readonly MeasuredSet[]): Origin {
  const found = measuredSet(sets, spec.set);
  // A pass over all own images gives losses and what the colors are like.
  const isOfAll = (found.set === "seen" || found.set === "unseen") && spec.family !== "metric";
  return { spec, images: isOfAll ? found.images : measuredImages(found) };
}

/** Names the images of a set that metrics are measured on. */
export function measuredImages({ images, dataset, first }: MeasuredSet): string {
  return first === null ? images : `the first ${first} of ${dataset}`;
}

/** What a training step logs is of the images that are trained on. */
export function measuredSet(sets: readonly MeasuredSet[], set: SetName): MeasuredSet {
  const found = sets.find((each) => each.set === set) ?? sets.find((each) => each.set === "seen");
  if (found === undefined) throw new Error(`no images of ${set}`);
  return found;
}
