// What a discriminator's mean logit says, so that those of several networks compare: the probability that a picture is a real
// one, by logistic regression on held-out real and generated pictures in equal parts (Platt 1999, with his targets, which
// keep a discriminator that tells all apart from being certain).

export type Calibration = {
  /** P(real) = 1 / (1 + exp(-(slope logit + offset))). */
  readonly slope: number;
  readonly offset: number;
  /** Of how many pictures each. */
  readonly pictures: number;
  /** How often a real picture has a higher logit than a generated one: 0.5 is a discriminator that knows nothing. */
  readonly auc: number;
};

/** Logits of real pictures, and of what the network made of the same ones; at least one of each. */
export function calibrate(real: ArrayLike<number>, generated: ArrayLike<number>): Calibration {
  const samples = [
    ...Array.from(real, (logit) => ({ logit, target: (real.length + 1) / (real.length + 2) })),
    ...Array.from(generated, (logit) => ({ logit, target: 1 / (generated.length + 2) })),
  ];
  const mean = samples.reduce((sum, { logit }) => sum + logit, 0) / samples.length;
  const deviation =
    Math.sqrt(samples.reduce((sum, { logit }) => sum + (logit - mean) ** 2, 0) / samples.length) || 1;
  const { slope, offset } = newton(
    samples.map(({ logit, target }) => ({ x: (logit - mean) / deviation, target })),
  );
  return {
    slope: slope / deviation,
    offset: offset - (slope * mean) / deviation,
    pictures: real.length,
    auc: aucOf(real, generated),
  };
}

export function probabilityOfReal({ slope, offset }: Calibration, logit: number): number {
  return logistic(slope * logit + offset);
}

type Sample = { readonly x: number; readonly target: number };

/** Minimizes the mean cross-entropy by Newton's method, halving steps that do not lower it; it has one minimum. */
function newton(samples: readonly Sample[]): { readonly slope: number; readonly offset: number } {
  let [slope, offset] = [0, 0];
  for (let round = 0; round < 100; round++) {
    let [ofSlope, ofOffset, h11, h12, h22] = [0, 0, 1e-12, 0, 1e-12];
    for (const { x, target } of samples) {
      const p = logistic(slope * x + offset);
      ofSlope += (p - target) * x;
      ofOffset += p - target;
      const weight = p * (1 - p);
      h11 += weight * x * x;
      h12 += weight * x;
      h22 += weight;
    }
    if (Math.hypot(ofSlope, ofOffset) < 1e-10 * samples.length) break;
    const determinant = h11 * h22 - h12 * h12;
    const stepSlope = (h22 * ofSlope - h12 * ofOffset) / determinant;
    const stepOffset = (h11 * ofOffset - h12 * ofSlope) / determinant;
    const before = crossEntropy(samples, slope, offset);
    let factor = 1;
    while (
      factor > 1e-8 &&
      !(crossEntropy(samples, slope - factor * stepSlope, offset - factor * stepOffset) <= before)
    )
      factor /= 2;
    slope -= factor * stepSlope;
    offset -= factor * stepOffset;
  }
  return { slope, offset };
}

function crossEntropy(samples: readonly Sample[], slope: number, offset: number): number {
  return samples.reduce((sum, { x, target }) => {
    const logit = slope * x + offset;
    return sum + Math.max(logit, 0) + Math.log1p(Math.exp(-Math.abs(logit))) - target * logit;
  }, 0);
}

function logistic(x: number): number {
  return 1 / (1 + Math.exp(-x));
}

/** Mann and Whitney's: ties count half. */
function aucOf(real: ArrayLike<number>, generated: ArrayLike<number>): number {
  let wins = 0;
  for (let a = 0; a < real.length; a++)
    for (let b = 0; b < generated.length; b++)
      wins += real[a]! > generated[b]! ? 1 : real[a] === generated[b] ? 0.5 : 0;
  return wins / (real.length * generated.length);
}
