// Grid search: every combination once, in the order of the file, the last parameter fastest, as Hydra's sweeper and
// itertools.product do it. Everything is computed from numbers: no list of values is ever laid out.

import type { Distribution, Json, Parameter, Parameters } from "../sweep.ts";
import { exact } from "./random.ts";

/** How many values a parameter has in a grid; null where it has no list of values. */
export function gridCount(distribution: Distribution): number | null {
  switch (distribution.kind) {
    case "constant":
      return 1;
    case "categorical":
      return distribution.probabilities === null ? distribution.values.length : null;
    case "int_uniform":
      return distribution.max - distribution.min + 1;
    case "uniform": {
      const { min, max, q, log } = distribution;
      // As in W&B, where numpy.arange leaves out the end.
      return q === null || log ? null : Math.ceil((max - min) / q - 1e-9);
    }
    case "normal":
      return null;
  }
}

/** The value of this index, from 0, of a parameter that has gridCount of them. */
export function gridValue(distribution: Distribution, index: number): Json {
  switch (distribution.kind) {
    case "constant":
      return distribution.value;
    case "categorical":
      return distribution.values[index]!;
    case "int_uniform":
      return distribution.min + index;
    case "uniform":
      return exact(distribution.min + index * distribution.q!);
    case "normal":
      throw new Error("a normal distribution is not a list of values");
  }
}

/** How many configurations there are. */
export function gridSize(parameters: readonly Parameter[]): number {
  return parameters.reduce((product, parameter) => product * countOf(parameter), 1);
}

/** The configuration of this number, counted from 0; null after the last one. */
export function gridConfiguration(parameters: readonly Parameter[], number: number): Parameters | null {
  if (number >= gridSize(parameters)) return null;
  const values: [string, Json][] = [];
  let rest = number;
  for (const parameter of parameters.toReversed()) {
    const count = countOf(parameter);
    values.push([parameter.name, gridValue(parameter.distribution, rest % count)]);
    rest = Math.floor(rest / count);
  }
  return Object.fromEntries(values.reverse());
}

function countOf({ name, distribution }: Parameter): number {
  const count = gridCount(distribution);
  if (count === null) throw new Error(`${name}: is not a list of values`);
  return count;
}
