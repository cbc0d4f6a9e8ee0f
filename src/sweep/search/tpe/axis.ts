// A parameter as TPE sees it: a number per value, and where such numbers can lie. Choices are their indices; a normal
// distribution is looked at through its cumulative one, so that it is uniform on 0 to 1.

import type { Distribution, Json } from "../../sweep.ts";
import { normalCdf, normalQuantile } from "../normal-distribution.ts";
import { exact, rounded } from "../random.ts";

export type NumericAxis = {
  readonly kind: "numeric";
  readonly low: number;
  readonly high: number;
  /** Only low, low + step, … high occur; null is every number. */
  readonly step: number | null;
  readonly log: boolean;
};

export type CategoricalAxis = {
  readonly kind: "categorical";
  /** What is believed of each choice before anything is seen; 1 in sum. */
  readonly prior: readonly number[];
};

export type Axis = {
  readonly shape: NumericAxis | CategoricalAxis;
  /** The number of a value; null where it cannot be one of this parameter's. */
  encode(value: Json | undefined): number | null;
  decode(number: number): Json;
};

/** null for a parameter with one value: there is nothing to look for. */
export function axisOf(distribution: Distribution): Axis | null {
  switch (distribution.kind) {
    case "constant":
      return null;
    case "categorical":
      return categoricalAxis(distribution.values, distribution.probabilities);
    case "int_uniform": {
      const { min, max } = distribution;
      return numericAxis({ kind: "numeric", low: min, high: max, step: 1, log: false }, Math.round);
    }
    case "uniform": {
      const { q, log } = distribution;
      const [low, high] = [rounded(distribution, distribution.min), rounded(distribution, distribution.max)];
      if (low >= high) return null;
      return numericAxis({ kind: "numeric", low, high, step: q, log }, q === null ? (value) => value : exact);
    }
    case "normal": {
      const { mu, sigma, log } = distribution;
      if (sigma === 0) return null;
      const shape: NumericAxis = { kind: "numeric", low: 0, high: 1, step: null, log: false };
      return {
        shape,
        encode: (value) => {
          if (typeof value !== "number" || (log && value <= 0)) return null;
          return normalCdf(((log ? Math.log(value) : value) - mu) / sigma);
        },
        decode(number) {
          const value = mu + sigma * normalQuantile(Math.min(1 - 1e-12, Math.max(1e-12, number)));
          return rounded(distribution, log ? Math.exp(value) : value);
        },
      };
    }
  }
}

function categoricalAxis(values: readonly Json[], probabilities: readonly number[] | null): Axis | null {
  if (values.length === 1) return null;
  const keys = values.map((value) => JSON.stringify(value));
  const prior = probabilities ?? values.map(() => 1 / values.length);
  return {
    shape: { kind: "categorical", prior },
    encode(value) {
      const index = keys.indexOf(JSON.stringify(value));
      return index < 0 ? null : index;
    },
    decode: (number) => values[number]!,
  };
}

function numericAxis(shape: NumericAxis, decode: (number: number) => number): Axis {
  const { low, high } = shape;
  return {
    shape,
    encode: (value) => (typeof value === "number" ? Math.min(high, Math.max(low, value)) : null),
    decode,
  };
}
