// The order of training: keyed by seed and epoch alone, so that a resumed run sees what it would have seen.

import { randomStream, shuffled } from "../../random.ts";

/**
 * The batches of one epoch: `indices` in a new order, cut into pieces of `batchSize`. What is left over is the smaller last
 * batch where `keepLast`, otherwise dropped for this epoch (another part each time): then fewer indices than `batchSize` give
 * no batch at all, which the caller checks.
 */
export function epochBatches(
  indices: Uint32Array,
  batchSize: number,
  seed: number,
  epoch: number,
  keepLast = false,
): Uint32Array[] {
  const order = shuffled(indices.length, randomStream("epoch", seed, epoch)).map((place) => indices[place]!);
  const batches = order.length / batchSize;
  return Array.from({ length: keepLast ? Math.ceil(batches) : Math.floor(batches) }, (_, batch) =>
    order.subarray(batch * batchSize, (batch + 1) * batchSize),
  );
}
