// How a classifier's answer is shared among classes of which exactly one is right. It learnt every label by itself, so that its
// probabilities need not add up to 1.

/** A float32 probability is never nearer to 0 or 1 than this, so that certainty stays finite. */
const nearest = 2 ** -24;

/**
 * The probability of each class given that exactly one of them is right: proportional to its odds, which for labels that
 * are told by themselves is the softmax of the logits. Adds up to 1.
 */
export function classShares(probabilities: ArrayLike<number>): Float64Array {
  const odds = Float64Array.from(probabilities, (probability) => {
    const kept = Math.min(1 - nearest, Math.max(nearest, probability));
    return kept / (1 - kept);
  });
  const sum = odds.reduce((a, b) => a + b, 0);
  return odds.map((each) => each / sum);
}

/** Place of the largest; the first of equals. */
export function largestAt(values: ArrayLike<number>): number {
  let largest = 0;
  for (let at = 1; at < values.length; at++) if (values[at]! > values[largest]!) largest = at;
  return largest;
}
