// Which values compare: those of the same images and, where they are losses, of the same kind. Others are shown side by
// side, but none of them is marked as the best or given a rank.

import type { SeriesSpec } from "./series.ts";

/** A value's series, and the fingerprint of the data set whose images it is of; null where nobody knows. */
export type Origin = {
  readonly spec: Pick<SeriesSpec, "family" | "compares" | "set">;
  readonly images: string | null;
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

/** The images that a run's set is: its own, or those of an evaluation set, by name. */
export function imagesOfSet(
  set: string,
  datasetFingerprint: string,
  evaluationSets: readonly { readonly set: string; readonly fingerprint: string }[],
): string {
  return evaluationSets.find((each) => each.set === set)?.fingerprint ?? datasetFingerprint;
}
