// The labels of prepared images, one byte each, in memory. They come from the listing each time and are not part
// of the cache: the same pictures serve with and without them.

import type { Labels, Listing } from "../dataset.ts";

export type PreparedLabels = {
  readonly names: readonly string[];
  /** Share of the seen images that have each label, in the order of names. */
  readonly shares: readonly number[];
  /** Writes 0 or 1 per label: float32 [indices.length, names.length], from element `offset`. */
  read(indices: ArrayLike<number>, into: Float32Array, offset?: number): void;
};

/** The listing's labels in the order of `ids`, some of its items; null where it has none. */
export function labelsOfImages({ items, labels }: Listing, ids: readonly string[]): Labels | null {
  if (labels === null) return null;
  const width = labels.names.length;
  const places = new Map(items.map(({ id }, place) => [id, place]));
  const flags = new Uint8Array(ids.length * width);
  for (const [image, id] of ids.entries()) {
    const place = places.get(id);
    if (place === undefined) throw new Error(`${id} is in the cache but not in the listing`);
    flags.set(labels.flags.subarray(place * width, (place + 1) * width), image * width);
  }
  return { names: labels.names, flags };
}

/** `seen` are the indices of the images whose shares count. */
export function prepareLabels({ names, flags }: Labels, seen: Uint32Array): PreparedLabels {
  const width = names.length;
  const total = flags.length / width;
  const counts = names.map((_, column) =>
    seen.reduce((count, image) => count + flags[image * width + column]!, 0),
  );
  return {
    names,
    shares: counts.map((count) => count / seen.length),
    read(indices, into, offset = 0) {
      if (offset < 0 || offset + indices.length * width > into.length) {
        throw new RangeError(
          `labels of ${indices.length} images do not fit into ${into.length} numbers from ${offset}`,
        );
      }
      for (let i = 0; i < indices.length; i++) {
        const image = indices[i]!;
        if (!(image >= 0 && image < total)) throw new RangeError(`image ${image} of ${total}`);
        into.set(flags.subarray(image * width, (image + 1) * width), offset + i * width);
      }
    },
  };
}
