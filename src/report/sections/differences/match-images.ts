// Which images two configurations have in common, and the values of both on them in one order.

import type { PairedValues } from "../../../statistics/paired-values.ts";
import type { ImageValues } from "../../../store/read-image-values.ts";

/** Runs of both sides that were measured on images of one data set. */
export type Matched = {
  /** Its fingerprint. */
  readonly images: string;
  readonly values: PairedValues;
  /** Images of which every one of those runs has a finite value, and the others. */
  readonly count: number;
  readonly leftOut: number;
};

/** One for each data set of which both sides have images; runs of a side on other images are left out. */
export function matchImages(a: readonly ImageValues[], b: readonly ImageValues[]): Matched[] {
  const datasets = [...new Set(a.map(({ images }) => images))];
  return datasets.flatMap((images) => {
    const [ofA, ofB] = [a, b].map((side) => side.filter((each) => each.images === images).map(finiteByPlace));
    if (ofB!.length === 0) return [];
    const all = [...ofA!, ...ofB!];
    const measured = new Set(
      [...a, ...b].filter((each) => each.images === images).flatMap(({ places }) => [...places]),
    );
    const shared = [...measured]
      .filter((place) => all.every((values) => values.has(place)))
      .sort((a, b) => a - b);
    const row = (values: ReadonlyMap<number, number>) =>
      Float64Array.from(shared, (place) => values.get(place)!);
    return {
      images,
      values: { a: ofA!.map(row), b: ofB!.map(row) },
      count: shared.length,
      leftOut: measured.size - shared.length,
    };
  });
}

function finiteByPlace({ places, values }: ImageValues): Map<number, number> {
  return new Map(
    Array.from(places, (place, at) => [place, values[at]!] as const).filter(([, value]) =>
      Number.isFinite(value),
    ),
  );
}
