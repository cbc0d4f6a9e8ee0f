// What is compared: a value for every image, of two configurations on the same images.

/**
 * Values on one set of images, all in the same order of images: a run of each seed has a row, on either side. Two
 * configurations whose seeds share their images are one block; where every seed has images of its own, each is a block.
 */
export type PairedValues = {
  readonly a: readonly Float64Array[];
  readonly b: readonly Float64Array[];
};

/** Mean of the runs of a side, for every image. */
export function meanOfRuns(runs: readonly Float64Array[]): Float64Array {
  const mean = new Float64Array(runs[0]!.length);
  for (const values of runs) for (let at = 0; at < mean.length; at++) mean[at]! += values[at]! / runs.length;
  return mean;
}
