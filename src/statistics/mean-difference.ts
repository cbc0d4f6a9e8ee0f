// Whether a difference of means is more than chance: the paired bootstrap (Efron, Tibshirani 1993), hierarchical where there
// are several seeds. Every resample draws seeds with replacement, on either side, and then images, the same for both sides.
// Seeds that share their images share the draw of images too: what is hard in an image is hard for every seed, and
// drawing anew for each would promise more than there is (the pigeonhole bootstrap, Owen 2007).
//
// Percentile intervals, not BCa: the p-value comes from the same distribution, so that interval and verdict agree, and BCa's
// acceleration (a jackknife over independent values) has no meaning where seeds and images are drawn. For means of more
// than some dozen images the two hardly differ; of fewer, both are a little too narrow, and so are those of two or three
// seeds, which say little about other seeds.

import { createHash } from "node:crypto";
import { type RandomStream, randomStream } from "../random.ts";
import { confidence, type Interval } from "./interval.ts";
import { meanOfRuns, type PairedValues } from "./paired-values.ts";
import { quantileOfSorted } from "./quantile.ts";

export type MeanDifference = Interval & {
  /** Mean of a less mean of b: over images, then runs, then blocks. */
  readonly difference: number;
  /** Of both sides: how often chance alone would give so much. At least 1 / 5,000 with 10,000 resamples. */
  readonly p: number;
};

/** Of fewer images an interval says nothing that can be trusted. */
export const fewestImages = 10;

/**
 * The same values give the same interval, and are resampled once: a page that is shown again while another run is under way
 * asks for the same. Throws where a block has no image, no run of a side, or rows of unequal length.
 */
export function meanDifference(blocks: readonly PairedValues[], resamples = 10_000): MeanDifference {
  requireWhole(blocks);
  const key = keyOf(blocks, resamples);
  const found = known.get(key) ?? resampledDifference(blocks, resamples);
  known.delete(key);
  known.set(key, found);
  if (known.size > mostKnown) known.delete(known.keys().next().value!);
  return found;
}

/** By the numbers that they are of, those asked for last at the end. */
const known = new Map<string, MeanDifference>();
const mostKnown = 5_000;

function keyOf(blocks: readonly PairedValues[], resamples: number): string {
  const hash = createHash("sha256").update(
    JSON.stringify([resamples, blocks.map(({ a, b }) => [a.length, b.length])]),
  );
  for (const values of blocks.flatMap(({ a, b }) => [...a, ...b]))
    hash.update(`|${values.length}|`).update(values);
  return hash.digest("base64");
}

function resampledDifference(blocks: readonly PairedValues[], resamples: number): MeanDifference {
  const means = blocks.map(({ a, b }) => meanOf(meanOfRuns(a)) - meanOf(meanOfRuns(b)));
  const resampled = resampledMeans(blocks, resamples).sort();
  const tail = (1 - confidence) / 2;
  return {
    difference: meanOf(means),
    low: quantileOfSorted(resampled, tail),
    high: quantileOfSorted(resampled, 1 - tail),
    p: twoSided(resampled),
  };
}

function resampledMeans(blocks: readonly PairedValues[], resamples: number): Float64Array {
  const seeds = randomStream("bootstrap", "seeds");
  const meanOfResample = blocks.map((block) => createResampler(block, seeds));
  const [only, ...others] = blocks;
  const drawn = others.length === 0 ? imageDraws(only!.a[0]!.length, resamples) : null;
  const images = randomStream("bootstrap", "images");
  const means = new Float64Array(resamples);
  for (let at = 0; at < resamples; at++) {
    let sum = 0;
    for (let turn = 0; turn < blocks.length; turn++) {
      const block = blocks.length === 1 ? 0 : seeds.below(blocks.length);
      const count = blocks[block]!.a[0]!.length;
      const order = drawn?.subarray(at * count, (at + 1) * count) ?? drawsOf(images, count, count);
      sum += meanOfResample[block]!(order);
    }
    means[at] = sum / blocks.length;
  }
  return means;
}

/** Draws the runs of a block, and gives the difference of the means over the images that were drawn. */
function createResampler({ a, b }: PairedValues, seeds: RandomStream): (images: ArrayLike<number>) => number {
  const count = a[0]!.length;
  const differences = new Float64Array(count);
  const add = (runs: readonly Float64Array[], sign: 1 | -1) => {
    for (let turn = 0; turn < runs.length; turn++) {
      const values = runs[runs.length === 1 ? 0 : seeds.below(runs.length)]!;
      const weight = sign / runs.length;
      for (let at = 0; at < count; at++) differences[at]! += weight * values[at]!;
    }
  };
  const isOfOnePair = a.length === 1 && b.length === 1;
  if (isOfOnePair) for (let at = 0; at < count; at++) differences[at] = a[0]![at]! - b[0]![at]!;
  return (images) => {
    if (!isOfOnePair) {
      differences.fill(0);
      add(a, 1);
      add(b, -1);
    }
    let sum = 0;
    for (let turn = 0; turn < count; turn++) sum += differences[images[turn]!]!;
    return sum / count;
  };
}

/** Draws for tables that fit in so much memory are kept: a page compares on the same images many times. */
const mostKeptDraws = 2 ** 23;

let kept: { readonly count: number; readonly resamples: number; readonly draws: Uint32Array } | null = null;

/** For every resample of `count` images their numbers, one resample after the other; null where they are too many to keep. */
function imageDraws(count: number, resamples: number): Uint32Array | null {
  if (count * resamples > mostKeptDraws) return null;
  if (kept?.count !== count || kept.resamples !== resamples) {
    const stream = randomStream("bootstrap", "images");
    kept = { count, resamples, draws: drawsOf(stream, count * resamples, count) };
  }
  return kept.draws;
}

function drawsOf({ below }: RandomStream, length: number, bound: number): Uint32Array {
  const draws = new Uint32Array(length);
  for (let at = 0; at < length; at++) draws[at] = below(bound);
  return draws;
}

/** Twice the smaller share of resamples on either side of 0; what was measured counts as one of them. */
function twoSided(resampled: Float64Array): number {
  const atMost = resampled.filter((mean) => mean <= 0).length;
  const atLeast = resampled.filter((mean) => mean >= 0).length;
  return Math.min(1, (2 * (Math.min(atMost, atLeast) + 1)) / (resampled.length + 1));
}

function meanOf(values: ArrayLike<number>): number {
  let sum = 0;
  for (let at = 0; at < values.length; at++) sum += values[at]!;
  return sum / values.length;
}

function requireWhole(blocks: readonly PairedValues[]): void {
  if (blocks.length === 0) throw new Error("no values to compare");
  for (const { a, b } of blocks) {
    const count = a[0]?.length ?? 0;
    if (count === 0 || b.length === 0 || [...a, ...b].some(({ length }) => length !== count))
      throw new Error("values to compare are not of the same images");
  }
}
