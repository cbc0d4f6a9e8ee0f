// Curves of runs that differ in their seed only, as one: mean, lowest and highest at every place that any of them has.

export type Line = { readonly x: ArrayLike<number>; readonly y: ArrayLike<number> };

export type Merged = {
  readonly x: Float32Array;
  readonly mean: Float32Array;
  readonly low: Float32Array;
  readonly high: Float32Array;
};

/**
 * Between its points a line is taken as straight, outside of them it counts for nothing. What is not finite counts for
 * nothing either; where no line has a number all three are NaN. `x` of every line must rise.
 */
export function mergeSeeds(lines: readonly Line[]): Merged {
  const x = Float32Array.from(new Set(lines.flatMap((line) => Array.from(line.x)))).sort();
  const [mean, low, high] = [0, 1, 2].map(() => new Float32Array(x.length).fill(Number.NaN)) as [
    Float32Array,
    Float32Array,
    Float32Array,
  ];
  const next = lines.map(() => 0);
  x.forEach((at, index) => {
    let [sum, count] = [0, 0];
    lines.forEach((line, which) => {
      while (next[which]! < line.x.length && line.x[next[which]!]! < at) next[which]!++;
      const value = valueAt(line, next[which]!, at);
      if (!Number.isFinite(value)) return;
      sum += value;
      low[index] = count === 0 ? value : Math.min(low[index]!, value);
      high[index] = count === 0 ? value : Math.max(high[index]!, value);
      count++;
    });
    if (count > 0) mean[index] = sum / count;
  });
  return { x, mean, low, high };
}

/** `next` is the first point at or behind `at`. */
function valueAt({ x, y }: Line, next: number, at: number): number {
  if (next >= x.length) return Number.NaN;
  if (x[next] === at) return y[next]!;
  if (next === 0) return Number.NaN;
  const share = (at - x[next - 1]!) / (x[next]! - x[next - 1]!);
  return y[next - 1]! + share * (y[next]! - y[next - 1]!);
}
