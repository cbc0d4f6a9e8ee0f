// What a search can find at all, and whether it has it: no configuration is trained twice.

import type { Distribution, Json, Parameter, Parameters } from "../sweep.ts";
import { quantile, randomConfiguration } from "./random.ts";

/** So many draws that bring nothing new are the end of a search: what is left is too rare. */
const mostRepeats = 10_000;

/** How many configurations there are; Infinity where a parameter is any number of a range. */
export function spaceSize(parameters: readonly Pick<Parameter, "distribution">[]): number {
  return parameters.reduce((product, { distribution }) => product * valueCount(distribution), 1);
}

/** Different values of a distribution; Infinity for all numbers of a range. */
function valueCount(distribution: Distribution): number {
  switch (distribution.kind) {
    case "constant":
      return 1;
    case "categorical": {
      const { values, probabilities } = distribution;
      return probabilities === null ? values.length : probabilities.filter((share) => share > 0).length;
    }
    case "int_uniform":
      return distribution.max - distribution.min + 1;
    case "uniform": {
      const { q } = distribution;
      const [least, most] = [0, 1 - 2 ** -32].map((u) => quantile(distribution, u) as number);
      if (least === most) return 1;
      return q === null ? Number.POSITIVE_INFINITY : Math.round((most! - least!) / q) + 1;
    }
    case "normal":
      return distribution.sigma === 0 ? 1 : Number.POSITIVE_INFINITY;
  }
}

/** The same text for the same values, in whatever order the keys of mappings stand. */
export function valueKey(value: Json | undefined): string {
  return JSON.stringify(value, (_, inner) =>
    typeof inner === "object" && inner !== null && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).toSorted(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  );
}

export function configurationKey(parameters: readonly Parameter[], values: Parameters): string {
  return valueKey(parameters.map(({ name }) => values[name] ?? null));
}

/**
 * What is drawn for this number, or the first later draw that is not among `taken`, keys of configurationKey; null where
 * nothing is left.
 */
export function newConfiguration(
  parameters: readonly Parameter[],
  seed: number,
  number: number,
  taken: ReadonlySet<string>,
): Parameters | null {
  if (taken.size >= spaceSize(parameters)) return null;
  for (let draw = number; draw < number + mostRepeats; draw++) {
    const drawn = randomConfiguration(parameters, seed, draw);
    if (!taken.has(configurationKey(parameters, drawn))) return drawn;
  }
  return null;
}

/**
 * A distribution in which every value stands once. A grid trains it once; a search draws it as often as it was written,
 * as W&B does.
 */
export function withoutRepeats(distribution: Distribution, isGrid: boolean): Distribution {
  if (distribution.kind !== "categorical") return distribution;
  const { values, probabilities } = distribution;
  const found = new Map<string, { readonly value: Json; share: number }>();
  for (const [index, value] of values.entries()) {
    const share = probabilities?.[index] ?? 1 / values.length;
    const same = found.get(valueKey(value));
    if (same === undefined) found.set(valueKey(value), { value, share });
    else same.share += share;
  }
  if (found.size === values.length) return distribution;
  const once = [...found.values()];
  return {
    kind: "categorical",
    values: once.map(({ value }) => value),
    probabilities: isGrid ? null : once.map(({ share }) => share),
  };
}
