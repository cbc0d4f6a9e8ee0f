// Where the arrays of a batch come from, image by image: pictures and labels from the data set, and what another
// network says about each picture.

import { createAugmenter } from "../datasets/prepare/augment.ts";
import type { PreparedDataset } from "../datasets/prepare/prepare.ts";
import type { Experiment } from "../experiment/experiment.ts";
import { randomStream } from "../random.ts";
import { sizeOf, type TensorArray, type TensorArrays, type TensorSpecs } from "../training-step.ts";

/** Writes what belongs to images, `indices` of the data set, into an array from element `offset`. */
type Reader = (indices: Uint32Array, into: TensorArray, offset: number) => void;

export type BatchSource = {
  /**
   * The arrays that `specs` names for batches one after the other; a short batch leaves zeros behind. In an epoch of
   * training pictures are augmented; `epoch` null shows them as they are.
   */
  read(specs: TensorSpecs, batches: readonly Uint32Array[], epoch: number | null): TensorArrays;
};

/**
 * `vectors` has a row of each image of the data set, seen or unseen; `larger` are the same images as augmentation cuts its
 * views from, null where they have the size of the data set's.
 */
export function openBatchSource(
  { seed, image, train }: Experiment,
  dataset: PreparedDataset,
  vectors: { readonly size: number; readonly values: Float32Array } | null,
  larger: PreparedDataset | null = null,
): BatchSource {
  const { labels } = dataset;
  const views = larger ?? dataset;
  const augment = createAugmenter(train.augment, views.size, image.size);
  const whole = new Uint8Array(views.size ** 2 * 3);
  const placeOf = new Map(Array.from(dataset.seen, (index, place) => [index, place]));

  const readers = (epoch: number | null): Readonly<Record<string, Reader | undefined>> => ({
    rgb: (indices, into, offset) => {
      if (epoch === null) {
        dataset.read(indices, into as Uint8Array, offset);
        return;
      }
      for (const [at, index] of indices.entries()) {
        const place = placeOf.get(index)!;
        views.read([views.seen[place]!], whole);
        const stream = randomStream(seed, "augment", epoch, place);
        augment(whole, into as Uint8Array, offset + at * image.size ** 2 * 3, stream);
      }
    },
    labels: labels
      ? (indices, into, offset) => labels.read(indices, into as Float32Array, offset)
      : undefined,
    embedding: vectors
      ? (indices, into, offset) => {
          const { size, values } = vectors;
          for (const [place, index] of indices.entries())
            into.set(values.subarray(index * size, (index + 1) * size), offset + place * size);
        }
      : undefined,
  });

  return {
    read: (specs, batches, epoch) =>
      Object.fromEntries(
        Object.entries(specs).map(([name, { shape, dtype }]) => {
          const read = readers(epoch)[name];
          if (!read) throw new Error(`no batch has ${name}`);
          const length = sizeOf(shape);
          const total = batches.length * length;
          const array = dtype === "uint8" ? new Uint8Array(total) : new Float32Array(total);
          for (const [place, batch] of batches.entries()) read(batch, array, place * length);
          return [name, array];
        }),
      ),
  };
}
