// The Frechet distance of two sets of feature vectors taken for normal distributions (Dowson, Landau 1982; Heusel et al.
// 2017): |m1 - m2|² + tr(C1 + C2 - 2 (C1 C2)^(1/2)), with covariances of samples as numpy.cov and pytorch-fid have them.
// The root is never made: with C = R'R, the trace of (C1 C2)^(1/2) is the sum of the singular values of R1 R2'. R is the
// centred features where there are fewer images than features, which keeps 2,048 features affordable.

import { symmetricEigenvalues } from "./symmetric-eigenvalues.ts";

/** Rows of `size` numbers, one after the other. */
type Rows = { readonly count: number; readonly size: number; readonly values: Float64Array };

/** Feature vectors of at least two images each, of `size` numbers. */
export function frechetDistance(
  real: readonly Float32Array[],
  shown: readonly Float32Array[],
  size: number,
): number {
  const [x, y] = [centred(real, size), centred(shown, size)];
  let between = 0;
  for (let i = 0; i < size; i++) between += (x.mean[i]! - y.mean[i]!) ** 2;
  const [rootX, rootY] = [factor(x.rows), factor(y.rows)];
  return between + squares(x.rows) + squares(y.rows) - 2 * sumOfSingularValues(rootX, rootY);
}

/** Rows whose products with themselves sum up to the covariance. */
function centred(features: readonly Float32Array[], size: number): { mean: Float64Array; rows: Rows } {
  const count = features.length;
  const mean = new Float64Array(size);
  for (const row of features) for (let i = 0; i < size; i++) mean[i] = mean[i]! + row[i]! / count;
  const values = new Float64Array(count * size);
  const scale = 1 / Math.sqrt(count - 1);
  for (const [place, row] of features.entries()) {
    for (let i = 0; i < size; i++) values[place * size + i] = (row[i]! - mean[i]!) * scale;
  }
  return { mean, rows: { count, size, values } };
}

/** The trace of the covariance. */
function squares({ values }: Rows): number {
  return values.reduce((sum, value) => sum + value * value, 0);
}

/** At most `size` rows with the same covariance. */
function factor(rows: Rows): Rows {
  return rows.count <= rows.size ? rows : triangular(rows);
}

/** Householder's QR, of which R is kept: rotating rows among themselves changes no covariance. */
function triangular({ count, size, values: given }: Rows): Rows {
  const values = given.slice();
  for (let k = 0; k < size; k++) {
    let norm = 0;
    for (let i = k; i < count; i++) norm = Math.hypot(norm, values[i * size + k]!);
    if (norm === 0) continue;
    const head = values[k * size + k]!;
    const reflected = head > 0 ? -norm : norm;
    const half = norm * (norm + Math.abs(head)); // v's square by two
    values[k * size + k] = head - reflected; // column k holds v until it is done
    for (let column = k + 1; column < size; column++) {
      let sum = 0;
      for (let i = k; i < count; i++) sum += values[i * size + k]! * values[i * size + column]!;
      const share = sum / half;
      for (let i = k; i < count; i++) {
        values[i * size + column] = values[i * size + column]! - share * values[i * size + k]!;
      }
    }
    values[k * size + k] = reflected;
    for (let i = k + 1; i < count; i++) values[i * size + k] = 0;
  }
  return { count: size, size, values: values.subarray(0, size * size) };
}

/** Of A B', from the eigenvalues of (A B') (A B')'. */
function sumOfSingularValues(a: Rows, b: Rows): number {
  const [narrow, wide] = a.count <= b.count ? [a, b] : [b, a];
  const product = productWithTransposed(narrow, wide);
  const square = productWithTransposed(product, product);
  const eigenvalues = symmetricEigenvalues(square.values, narrow.count);
  return eigenvalues.reduce((sum, value) => sum + Math.sqrt(Math.max(0, value)), 0);
}

/** A B': every row of A with every row of B. */
function productWithTransposed(a: Rows, b: Rows): Rows {
  const values = new Float64Array(a.count * b.count);
  for (let i = 0; i < a.count; i++) {
    for (let j = 0; j < b.count; j++) {
      let sum = 0;
      for (let k = 0, x = i * a.size, y = j * b.size; k < a.size; k++, x++, y++) {
        sum += a.values[x]! * b.values[y]!;
      }
      values[i * b.count + j] = sum;
    }
  }
  return { count: a.count, size: b.count, values };
}
