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

/** `vectors` has a row of each image of the data set, seen or unseen. */
export function openBatchSource(
  { seed, image, train }: Experiment,
  dataset: PreparedDataset,
  vectors: { readonly size: number; readonly values: Float32Array } | null,
): BatchSource {
  const { labels } = dataset;
  const augment = createAugmenter(train.augment, dataset.size, image.size);
  const prepared = new Uint8Array(dataset.size ** 2 * 3);

  const readers = (epoch: number | null): Readonly<Record<string, Reader | undefined>> => ({
    rgb: (indices, into, offset) => {
      for (const [place, index] of indices.entries()) {
        dataset.read([index], prepared);
        const stream = epoch === null ? null : randomStream(seed, "augment", epoch, index);
        augment(prepared, into as Uint8Array, offset + place * image.size ** 2 * 3, stream);
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
