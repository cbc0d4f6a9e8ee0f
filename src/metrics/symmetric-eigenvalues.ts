// Eigenvalues of a symmetric matrix: Householder reflections make it tridiagonal, QL steps with Wilkinson's shift then
// make it diagonal (EISPACK's tred1 and tql1; Golub and Van Loan, 8.3). Eigenvectors are left out: nobody needs them.

/** `matrix` [n, n], row by row, is used up. In no order. */
export function symmetricEigenvalues(matrix: Float64Array, n: number): Float64Array {
  const { diagonal, beside } = tridiagonal(matrix, n);
  for (let first = 0; first < n; first++) deflate(diagonal, beside, first);
  return diagonal;
}

type Tridiagonal = {
  readonly diagonal: Float64Array;
  /** beside[i] is the element at (i, i + 1); the last one is 0. */
  readonly beside: Float64Array;
};

function tridiagonal(matrix: Float64Array, n: number): Tridiagonal {
  const diagonal = new Float64Array(n);
  const beside = new Float64Array(n);
  const v = new Float64Array(n);
  const p = new Float64Array(n);
  for (let k = 0; k < n - 1; k++) {
    diagonal[k] = matrix[k * n + k]!;
    let norm = 0;
    for (let i = k + 1; i < n; i++) {
      v[i] = matrix[k * n + i]!;
      norm = Math.hypot(norm, v[i]!);
    }
    const head = v[k + 1]!;
    const reflected = head > 0 ? -norm : norm;
    beside[k] = reflected;
    if (k === n - 2) break;
    v[k + 1] = head - reflected;
    const half = norm * (norm + Math.abs(head)); // v's square by two
    if (half > 0) reflect(matrix, n, k + 1, v, p, half);
  }
  diagonal[n - 1] = matrix[n * n - 1]!;
  if (n > 1) beside[n - 2] = matrix[(n - 2) * n + n - 1]!;
  return { diagonal, beside };
}

/** H A H of the part of A from `first` on, where H = 1 - v v' / half. */
function reflect(
  matrix: Float64Array,
  n: number,
  first: number,
  v: Float64Array,
  p: Float64Array,
  half: number,
): void {
  let product = 0;
  for (let i = first; i < n; i++) {
    let sum = 0;
    for (let j = first, at = i * n + first; j < n; j++, at++) sum += matrix[at]! * v[j]!;
    p[i] = sum / half;
    product += p[i]! * v[i]!;
  }
  const share = product / (2 * half);
  for (let i = first; i < n; i++) p[i] = p[i]! - share * v[i]!;
  for (let i = first; i < n; i++) {
    const [vi, pi] = [v[i]!, p[i]!];
    for (let j = first, at = i * n + first; j < n; j++, at++) {
      matrix[at] = matrix[at]! - vi * p[j]! - pi * v[j]!;
    }
  }
}

/** QL steps until the element beside diagonal[first] is nothing against its neighbours. */
function deflate(diagonal: Float64Array, beside: Float64Array, first: number): void {
  const n = diagonal.length;
  for (let tries = 0; ; tries++) {
    let last = first;
    while (last < n - 1 && !isSmall(beside[last]!, diagonal[last]!, diagonal[last + 1]!)) last++;
    if (last === first) return;
    if (tries === 60) throw new Error("eigenvalues: no convergence after 60 steps");
    stepQl(diagonal, beside, first, last);
  }
}

function isSmall(element: number, before: number, after: number): boolean {
  return Math.abs(element) <= Number.EPSILON * (Math.abs(before) + Math.abs(after));
}

function stepQl(diagonal: Float64Array, beside: Float64Array, first: number, last: number): void {
  const half = (diagonal[first + 1]! - diagonal[first]!) / (2 * beside[first]!);
  const length = Math.hypot(half, 1);
  let g = diagonal[last]! - diagonal[first]! + beside[first]! / (half + (half < 0 ? -length : length));
  let [sin, cos, shift] = [1, 1, 0];
  for (let i = last - 1; i >= first; i--) {
    const f = sin * beside[i]!;
    const b = cos * beside[i]!;
    const radius = Math.hypot(f, g);
    beside[i + 1] = radius;
    if (radius === 0) {
      diagonal[i + 1] = diagonal[i + 1]! - shift;
      beside[last] = 0;
      return;
    }
    sin = f / radius;
    cos = g / radius;
    g = diagonal[i + 1]! - shift;
    const turned = (diagonal[i]! - g) * sin + 2 * cos * b;
    shift = sin * turned;
    diagonal[i + 1] = g + shift;
    g = cos * turned - b;
  }
  diagonal[first] = diagonal[first]! - shift;
  beside[first] = g;
  beside[last] = 0;
}
