// The Frechet distance against scipy's matrix square root, and eigenvalues against matrices whose are known.

import assert from "node:assert/strict";
import { test } from "node:test";
import { frechetDistance } from "../../src/metrics/frechet-distance.ts";
import { symmetricEigenvalues } from "../../src/metrics/symmetric-eigenvalues.ts";
import { randomStream } from "../../src/random.ts";
import { assertAllClose } from "../allclose.ts";
import { frechet } from "../golden/metrics.ts";

for (const { name, real, shown, distance } of frechet) {
  test(`${name}: as scipy`, () => {
    const [x, y] = [real, shown].map((rows) => rows.map((row) => Float32Array.from(row)));
    const found = frechetDistance(x!, y!, real[0]!.length);
    assert.ok(Math.abs(found - distance) < 1e-6 * distance, `${found}, expected ${distance}`);
    const turned = frechetDistance(y!, x!, real[0]!.length);
    assert.ok(Math.abs(turned - distance) < 1e-6 * distance, `${turned}, expected ${distance}, turned`);
    assert.ok(Math.abs(frechetDistance(x!, x!, real[0]!.length)) < 1e-6 * distance);
  });
}

test("two sets of known spread and distance", () => {
  // Variances of samples 2 and 8 along one axis, means 3 apart: 9 + 2 + 8 - 2 * 4.
  const rows = (...values: number[]) => values.map((value) => Float32Array.of(value, 5));
  assert.ok(Math.abs(frechetDistance(rows(1, 3), rows(3, 7), 2) - 11) < 1e-6);
});

test("eigenvalues of a diagonal matrix that was turned are its diagonal", () => {
  for (const n of [1, 2, 3, 12, 40]) {
    const stream = randomStream(3, "eigenvalues", n);
    const expected = Array.from({ length: n }, (_, index) =>
      index % 3 === 0 ? 0 : 10 * stream.uniform() - 4,
    );
    const matrix = new Float64Array(n * n);
    for (const [index, value] of expected.entries()) matrix[index * n + index] = value;
    for (let turn = 0; turn < 3; turn++)
      reflectBoth(matrix, n, Float64Array.from({ length: n }, stream.normal));
    const found = symmetricEigenvalues(matrix, n).toSorted();
    assertAllClose(
      found,
      expected.toSorted((a, b) => a - b),
      { relative: 1e-12, scale: 10 },
    );
  }
});

/** H A H with H = 1 - 2 v v' / v'v, element by element. */
function reflectBoth(matrix: Float64Array, n: number, v: Float64Array): void {
  const square = v.reduce((sum, value) => sum + value * value, 0);
  const h = (i: number, j: number) => (i === j ? 1 : 0) - (2 * v[i]! * v[j]!) / square;
  const product = (a: (i: number, k: number) => number, b: (k: number, j: number) => number) => {
    const result = new Float64Array(n * n);
    for (let i = 0; i < n; i++)
      for (let j = 0; j < n; j++) for (let k = 0; k < n; k++) result[i * n + j]! += a(i, k) * b(k, j);
    return result;
  };
  const left = product(h, (k, j) => matrix[k * n + j]!);
  matrix.set(product((i, k) => left[i * n + k]!, h));
}
