// Random search. What is drawn for a trial depends on the sweep's seed, the trial's number and the parameter's name
// alone: trials can be drawn in any order and by any process, and a parameter more changes no other.

import { randomStream } from "../../random.ts";
import type { Distribution, Json, Parameter, Parameters } from "../sweep.ts";
import { normalQuantile } from "./normal-distribution.ts";

export function randomConfiguration(
  parameters: readonly Parameter[],
  seed: number,
  number: number,
): Parameters {
  return Object.fromEntries(
    parameters.map(({ name, distribution }) => {
      const uniform = randomStream(seed, "sweep", number, name).uniform();
      return [name, quantile(distribution, uniform)];
    }),
  );
}

/** The value below which the share 0 <= u < 1 of a distribution lies, as W&B computes it. */
export function quantile(distribution: Distribution, u: number): Json {
  switch (distribution.kind) {
    case "constant":
      return distribution.value;
    case "categorical": {
      const { values, probabilities } = distribution;
      if (probabilities === null) return values[Math.floor(u * values.length)]!;
      return values[indexBelow(probabilities, u)]!;
    }
    case "int_uniform":
      return distribution.min + Math.floor(u * (distribution.max - distribution.min + 1));
    case "uniform": {
      const { min, max, log } = distribution;
      const value = log ? Math.exp(between(Math.log(min), Math.log(max), u)) : between(min, max, u);
      return rounded(distribution, Math.min(max, Math.max(min, value)));
    }
    case "normal": {
      const { mu, sigma, log } = distribution;
      // The numbers of a stream begin at 0, where the quantile is minus infinity.
      const value = mu + sigma * normalQuantile(Math.max(u, 2 ** -33));
      return rounded(distribution, log ? Math.exp(value) : value);
    }
  }
}

type Rounding = {
  readonly q: number | null;
  readonly log: boolean;
  /** Of a uniform distribution. */
  readonly min?: number;
  readonly max?: number;
};

/**
 * `value` as the nearest multiple of q, where there is one, that lies between the ends. A logarithmic one is at least q:
 * W&B gives 0 now and then, which nothing wants that is looked for on a logarithmic scale.
 */
export function rounded({ q, log, min, max }: Rounding, value: number): number {
  if (q === null) return value;
  const least = Math.max(min === undefined ? -Infinity : Math.ceil(min / q - 1e-9), log ? 1 : -Infinity);
  const most = max === undefined ? Infinity : Math.floor(max / q + 1e-9);
  return exact(Math.min(most, Math.max(least, Math.round(value / q))) * q);
}

/** Without the last digits that binary fractions add: 0.3, not 0.30000000000000004. */
export function exact(value: number): number {
  return Number(value.toPrecision(14));
}

/** The first index at which the sum of `weights`, which are 1 in all, is greater than `u`. */
export function indexBelow(weights: ArrayLike<number>, u: number): number {
  let sum = 0;
  for (let index = 0; index < weights.length; index++) {
    sum += weights[index]!;
    if (u < sum) return index;
  }
  // Rounding left the sum a little below 1: the last one that can occur.
  let last = weights.length - 1;
  while (last > 0 && weights[last] === 0) last--;
  return last;
}

function between(low: number, high: number, share: number): number {
  return low + share * (high - low);
}
