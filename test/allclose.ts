// The one comparison of numbers in tests.

import assert from "node:assert/strict";

export type Tolerance = {
  /** Allowed difference relative to the larger of the expected number and `scale`. */
  readonly relative: number;
  /** Numbers below this are compared absolutely; the root mean square of what is expected where left out. */
  readonly scale?: number;
};

/** Every number of `actual` is as near to `expected` as `tolerance` says. */
export function assertAllClose(
  actual: ArrayLike<number>,
  expected: ArrayLike<number>,
  { relative, scale = rootMeanSquare(expected) }: Tolerance,
  what = "numbers",
): void {
  assert.equal(actual.length, expected.length, `${what}: count`);
  for (let index = 0; index < expected.length; index++) {
    const [got, want] = [actual[index]!, expected[index]!];
    const allowed = relative * Math.max(Math.abs(want), scale);
    if (!(Math.abs(got - want) <= allowed)) {
      assert.fail(`${what}[${index}]: expected ${want} within ${allowed}, got ${got}`);
    }
  }
}

export function rootMeanSquare(numbers: ArrayLike<number>): number {
  let sum = 0;
  for (let index = 0; index < numbers.length; index++) sum += numbers[index]! ** 2;
  return Math.sqrt(sum / Math.max(1, numbers.length));
}
