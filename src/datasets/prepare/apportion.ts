// Whole numbers in proportion to weights, by largest remainders: each is its exact share rounded down or up.

/** Sums to `total`; of equal remainders the earlier one is rounded up. */
export function apportion(total: number, weights: readonly number[]): number[] {
  const sum = weights.reduce((a, b) => a + b, 0);
  const quotas = weights.map((weight) => (total * weight) / sum);
  const shares = quotas.map((quota) => Math.floor(quota + tolerance));
  const order = [...shares.keys()].sort(
    (a, b) => quotas[b]! - shares[b]! - (quotas[a]! - shares[a]!) || a - b,
  );
  const missing = total - shares.reduce((a, b) => a + b, 0);
  for (const place of order.slice(0, missing)) shares[place]!++;
  return shares;
}

/** The largest total of which no share is more than what is available. */
export function largestTotal(available: readonly number[], weights: readonly number[]): number {
  const sum = weights.reduce((a, b) => a + b, 0);
  return Math.floor(
    Math.min(...available.map((count, place) => (count * sum) / weights[place]!)) + tolerance,
  );
}

/** 0.1 + 0.2 is not 0.3: what is so near to a whole number is meant to be one. */
const tolerance = 1e-9;
