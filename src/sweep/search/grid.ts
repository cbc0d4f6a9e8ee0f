// Grid search: every combination once, in the order of the file, the last parameter fastest, as Hydra's sweeper and
// itertools.product do it.

import type { Distribution, Json, Parameter, Parameters } from "../sweep.ts";
import { exact } from "./random.ts";

/** The values of a parameter in a grid; null where it has no list of values. */
export function gridValues(distribution: Distribution): readonly Json[] | null {
  switch (distribution.kind) {
    case "constant":
      return [distribution.value];
    case "categorical":
      return distribution.probabilities === null ? distribution.values : null;
    case "int_uniform": {
      const { min, max } = distribution;
      return Array.from({ length: max - min + 1 }, (_, index) => min + index);
    }
    case "uniform": {
      const { min, max, q, log } = distribution;
      if (q === null || log) return null;
      // As in W&B, where numpy.arange leaves out the end.
      const count = Math.ceil((max - min) / q - 1e-9);
      return Array.from({ length: count }, (_, index) => exact(min + index * q));
    }
    case "normal":
      return null;
  }
}

/** How many configurations there are. */
export function gridSize(parameters: readonly Parameter[]): number {
  return parameters.reduce((product, parameter) => product * valuesOf(parameter).length, 1);
}

/** The configuration of this number, counted from 0; null after the last one. */
export function gridConfiguration(parameters: readonly Parameter[], number: number): Parameters | null {
  if (number >= gridSize(parameters)) return null;
  const values: Record<string, Json> = {};
  let rest = number;
  for (const parameter of parameters.toReversed()) {
    const choices = valuesOf(parameter);
    values[parameter.name] = choices[rest % choices.length]!;
    rest = Math.floor(rest / choices.length);
  }
  return Object.fromEntries(parameters.map(({ name }) => [name, values[name]!]));
}

function valuesOf({ name, distribution }: Parameter): readonly Json[] {
  const values = gridValues(distribution);
  if (values === null) throw new Error(`${name}: is not a list of values`);
  return values;
}
