// Where the arrays of a batch come from, image by image: pictures and labels from the data set, and what another
// network says about each picture.

import type { PreparedDataset } from "../datasets/prepare.ts";
import { sizeOf, type TensorArray, type TensorArrays, type TensorSpecs } from "../training-step.ts";

/** Writes what belongs to images, `indices` of the data set, into an array from element `offset`. */
type Reader = (indices: Uint32Array, into: TensorArray, offset: number) => void;

export type BatchSource = {
  /** The arrays that `specs` names for batches one after the other; a short batch leaves zeros behind. */
  read(specs: TensorSpecs, batches: readonly Uint32Array[]): TensorArrays;
};

/** `vectors` has a row of each image of the data set, seen or unseen. */
export function openBatchSource(
  dataset: PreparedDataset,
  vectors: { readonly size: number; readonly values: Float32Array } | null,
): BatchSource {
  const readers: Record<string, Reader> = {
    rgb: (indices, into, offset) => dataset.read(indices, into as Uint8Array, offset),
  };
  const { labels } = dataset;
  if (labels) readers.labels = (indices, into, offset) => labels.read(indices, into as Float32Array, offset);
  if (vectors)
    readers.embedding = (indices, into, offset) => {
      const { size, values } = vectors;
      for (const [place, index] of indices.entries())
        into.set(values.subarray(index * size, (index + 1) * size), offset + place * size);
    };
  return {
    read: (specs, batches) =>
      Object.fromEntries(
        Object.entries(specs).map(([name, { shape, dtype }]) => {
          const length = sizeOf(shape);
          const array =
            dtype === "uint8"
              ? new Uint8Array(batches.length * length)
              : new Float32Array(batches.length * length);
          const read = readers[name];
          if (!read) throw new Error(`no batch has ${name}`);
          for (const [place, batch] of batches.entries()) read(batch, array, place * length);
          return [name, array];
        }),
      ),
  };
}
