// Which images of a data set are measured: the first of a side in seeded order, which are a fair sample and the same
// for every run on that data set.

import type { PreparedDataset } from "../../datasets/prepare/prepare.ts";

export type ImagesOfSet = {
  /** As `PreparedDataset.read` takes them. */
  readonly indices: Uint32Array;
  /** Their places among all images of the data set in the store: the seen ones, then the unseen ones. */
  readonly places: Uint32Array;
};

type Sides = Pick<PreparedDataset, "seen" | "unseen">;

/** The first `most` images of a side. */
export function imagesOfSide(dataset: Sides, side: "seen" | "unseen", most: number): ImagesOfSet {
  const indices = dataset[side].subarray(0, most);
  const first = side === "seen" ? 0 : dataset.seen.length;
  return { indices, places: indices.map((_, place) => first + place) };
}

/** Of both sides: the unseen ones first, so that they stay when fewer are asked for. */
export function imagesOfBothSides(dataset: Sides, most: number): ImagesOfSet {
  const unseen = imagesOfSide(dataset, "unseen", most);
  const seen = imagesOfSide(dataset, "seen", Math.max(0, most - unseen.indices.length));
  return {
    indices: Uint32Array.of(...unseen.indices, ...seen.indices),
    places: Uint32Array.of(...unseen.places, ...seen.places),
  };
}
