// The experiment of one trial: the base, the parameters laid over it, and the seed of the repeat.

import { resolveLayers } from "../experiment/complete-experiment.ts";
import type { Experiment } from "../experiment/experiment.ts";
import { type Overrides, withoutKey, withValue } from "../experiment/text/compose.ts";
import type { Layers } from "../experiment/text/files.ts";
import { type LocatedMapping, located, type Place } from "../experiment/text/located.ts";
import { layersOf } from "./file/base-experiment.ts";
import type { Parameter, Parameters, Sweep } from "./sweep.ts";

/**
 * Gives a function that makes the experiments of a sweep's trials; the base is read once. `seed` null is the
 * experiment's own. It throws a UserError where parameters do not go together.
 */
export function trialExperiments(sweep: Sweep): (parameters: Parameters, seed: number | null) => Experiment {
  const layers = withoutRemoved(layersOf(sweep.base), sweep.removed);
  return (parameters, seed) =>
    resolveLayers(layers, changesOf(sweep.parameters, parameters, seed), sweep.base.file);
}

/** `layers` without the keys that a sweep removes. */
export function withoutRemoved(layers: Layers, removed: readonly string[]): Layers {
  return removed.reduce<Layers>(
    ({ value, problems }, name) => ({
      value: (value && withoutKey(value, name.split("."))) ?? value,
      problems,
    }),
    layers,
  );
}

/** Parameters as what is laid over an experiment: the shorter paths first, so that the longer ones go into them. */
export function changesOf(
  parameters: readonly Parameter[],
  values: Parameters,
  seed: number | null,
): Overrides {
  const nowhere: Place = { file: "sweep", folder: "/", line: null };
  let value: LocatedMapping = { type: "mapping", entries: new Map(), place: nowhere, byPath: true };
  if (seed !== null) value = withValue(value, ["seed"], located(seed, nowhere));
  const given = parameters
    .filter(({ name }) => Object.hasOwn(values, name))
    .map(({ name, place }) => ({ path: name.split("."), plain: values[name], place }));
  for (const { path, plain, place } of given.toSorted((a, b) => a.path.length - b.path.length))
    value = withValue(value, path, located(plain, place));
  return { value, problems: [] };
}
