// The normal distribution far into its tails, in logarithms: what TPE's densities need. The formulas of log_ndtr,
// log_gauss_mass and ndtri_exp are SciPy's; erf is its series and erfc its continued fraction (Abramowitz and Stegun
// 7.1.6 and 7.1.14), both to about 1e-15.

const logSqrt2Pi = 0.5 * Math.log(2 * Math.PI);

/** The probability below `x`. */
export function normalCdf(x: number): number {
  return Math.exp(logNormalCdf(x));
}

/** The value below which lies the probability `p`, 0 < p < 1. */
export function normalQuantile(p: number): number {
  return logNormalQuantile(Math.log(p));
}

/** The logarithm of the probability below `x`. */
export function logNormalCdf(x: number): number {
  if (x < -3) return -0.5 * x * x + Math.log(0.5 * scaledErfc(-x / Math.SQRT2));
  if (x <= 3) return Math.log(0.5 * (1 + erf(x / Math.SQRT2)));
  return Math.log1p(-0.5 * Math.exp(-0.5 * x * x) * scaledErfc(x / Math.SQRT2));
}

/** The logarithm of the density. */
export function logNormalDensity(x: number): number {
  return -0.5 * x * x - logSqrt2Pi;
}

/** The logarithm of the probability between `a` and `b`, a < b; computed in the left tail, where it is exact. */
export function logMassBetween(a: number, b: number): number {
  if (b <= 0) return logDifference(logNormalCdf(b), logNormalCdf(a));
  if (a > 0) return logMassBetween(-b, -a);
  return Math.log1p(-normalCdf(a) - normalCdf(-b));
}

/** The value below which lies the probability `q` of what lies between `a` and `b`; 0 < q < 1. */
export function truncatedQuantile(q: number, a: number, b: number): number {
  if (a >= 0) return -truncatedQuantile(1 - q, -b, -a);
  return logNormalQuantile(logSum(logNormalCdf(a), Math.log(q) + logMassBetween(a, b)));
}

/** The x of which `logNormalCdf(x)` is `logP`, by Newton's method. */
function logNormalQuantile(logP: number): number {
  // Near 1 a probability says little: the other side is computed.
  if (logP > -0.01) return -logNormalQuantile(Math.log(-Math.expm1(logP)));
  let x =
    logP < -5
      ? -Math.sqrt(-2 * (logP + logSqrt2Pi))
      : (-Math.sqrt(3) / Math.PI) * Math.log(Math.expm1(-logP));
  for (let round = 0; round < 100; round++) {
    const logCdf = logNormalCdf(x);
    const change = (logCdf - logP) * Math.exp(logCdf - logNormalDensity(x));
    x -= change;
    if (Math.abs(change) <= 1e-12 * Math.abs(x) || change === 0) break;
  }
  return x;
}

/** For |x| up to 3. */
function erf(x: number): number {
  let term = x;
  let sum = x;
  for (let n = 1; Math.abs(term) > 1e-17 * Math.abs(sum); n++) {
    term *= (2 * x * x) / (2 * n + 1);
    sum += term;
  }
  return (2 / Math.sqrt(Math.PI)) * Math.exp(-x * x) * sum;
}

/** exp(x^2) erfc(x), for x from 2 on. */
function scaledErfc(x: number): number {
  let fraction = x;
  for (let k = 80; k >= 1; k--) fraction = x + k / 2 / fraction;
  return 1 / (Math.sqrt(Math.PI) * fraction);
}

function logSum(a: number, b: number): number {
  const most = Math.max(a, b);
  return most === Number.NEGATIVE_INFINITY ? most : most + Math.log(Math.exp(a - most) + Math.exp(b - most));
}

function logDifference(a: number, b: number): number {
  return a + Math.log1p(-Math.exp(b - a));
}
