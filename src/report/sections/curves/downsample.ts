// Curves of a million steps as about a thousand points, and a smoothed version of them.
// Min/max buckets: every stretch of the curve keeps its lowest and highest value, in order, so that
// a spike is never lost. What is not a number stays visible as a gap.

/** Which points to keep of a curve, at most about `limit` of them; of one that is short enough all. */
export function sampledIndices(x: ArrayLike<number>, y: ArrayLike<number>, limit = 1000): number[] {
  if (x.length <= limit) return Array.from(x, (_, index) => index);
  // The first and the last point, and up to three per bucket: minimum, maximum, gap.
  const hasGaps = Array.prototype.some.call(y, (value: number) => !Number.isFinite(value));
  const buckets = Math.max(1, Math.floor((limit - 2) / (hasGaps ? 3 : 2)));
  const indices = new Set<number>([0]);
  for (let bucket = 0; bucket < buckets; bucket++) {
    const from = Math.floor((bucket * x.length) / buckets);
    const to = Math.floor(((bucket + 1) * x.length) / buckets);
    for (const index of bucketIndices(y, from, to)) indices.add(index);
  }
  indices.add(x.length - 1);
  return [...indices].sort((a, b) => a - b);
}

function bucketIndices(y: ArrayLike<number>, from: number, to: number): number[] {
  let lowest = -1;
  let highest = -1;
  let gap = -1;
  for (let index = from; index < to; index++) {
    const value = y[index]!;
    if (!Number.isFinite(value)) gap = gap < 0 ? index : gap;
    else {
      if (lowest < 0 || value < y[lowest]!) lowest = index;
      if (highest < 0 || value > y[highest]!) highest = index;
    }
  }
  return [lowest, highest, gap].filter((index) => index >= 0);
}

/**
 * Exponential moving average without the pull towards zero at the start (as Adam corrects its moments);
 * `span` is its time constant in points. What is not a number stays so and does not touch its neighbours.
 */
export function smooth(y: ArrayLike<number>, span: number): Float64Array {
  const keep = span <= 1 ? 0 : Math.exp(-1 / span);
  const smoothed = new Float64Array(y.length);
  let average = 0;
  let weight = 0;
  for (let index = 0; index < y.length; index++) {
    const value = y[index]!;
    if (!Number.isFinite(value)) {
      smoothed[index] = Number.NaN;
      continue;
    }
    average = keep * average + (1 - keep) * value;
    weight = keep * weight + (1 - keep);
    smoothed[index] = average / weight;
  }
  return smoothed;
}
