// One number for the same training repeated with other seeds.

export type Repeats = {
  readonly mean: number;
  /** Sample standard deviation; null of a single value. */
  readonly spread: number | null;
  readonly count: number;
};

/** Null of no values. */
export function repeatsOf(values: readonly number[]): Repeats | null {
  const count = values.length;
  if (count === 0) return null;
  const mean = values.reduce((sum, value) => sum + value, 0) / count;
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return { mean, spread: count < 2 ? null : Math.sqrt(squares / (count - 1)), count };
}
