// Bayesian search by tree-structured Parzen estimators (Bergstra et al. 2011) after Optuna's TPESampler: of candidates
// drawn from the density of good trials, the one is taken at which it exceeds the density of the others most.

import { randomStream } from "../../../random.ts";
import type { Goal, Json, Parameter, Parameters, SearchSettings } from "../../sweep.ts";
import type { PastTrial } from "../../trial.ts";
import { configurationKey, newConfiguration } from "../space.ts";
import { type Axis, axisOf } from "./axis.ts";
import { type Point, parzen } from "./parzen.ts";
import { splitTrials } from "./split.ts";

type NamedAxis = Axis & { readonly name: string };

/** The configuration to try as `number`, none of the others so far; null where there is none. */
export function tpeConfiguration(
  parameters: readonly Parameter[],
  goal: Goal,
  settings: SearchSettings,
  number: number,
  history: readonly PastTrial[],
): Parameters | null {
  const others = history.filter((trial) => trial.number !== number);
  const taken = new Set(others.map((trial) => configurationKey(parameters, trial.parameters)));
  const drawn = newConfiguration(parameters, settings.seed, number, taken);
  if (drawn === null) return null;
  const finished = others.filter(({ state }) => state === "complete" || state === "pruned");
  const axes = parameters.flatMap<NamedAxis>(({ name, distribution }) => {
    const axis = axisOf(distribution);
    return axis === null ? [] : [{ ...axis, name }];
  });
  if (finished.length < settings.nStartupTrials || finished.length === 0 || axes.length === 0) return drawn;

  const { below, above } = splitTrials(settings.constantLiar ? others : finished, goal);
  const shapes = axes.map(({ shape }) => shape);
  const good = parzen(shapes, points(axes, below));
  const rest = parzen(shapes, points(axes, above));
  const stream = randomStream(settings.seed, "tpe", number);
  let [best, most] = [drawn, Number.NEGATIVE_INFINITY];
  for (let candidate = 0; candidate < settings.nEiCandidates; candidate++) {
    const point = good.sample(stream);
    const gain = good.logDensity(point) - rest.logDensity(point);
    if (best !== drawn && !(gain > most)) continue;
    const found = axes.map(({ name, decode }, index): [string, Json] => [name, decode(point[index]!)]);
    const configuration = { ...drawn, ...Object.fromEntries(found) };
    if (!taken.has(configurationKey(parameters, configuration))) [best, most] = [configuration, gain];
  }
  return best;
}

/** Trials that lack a parameter, of an earlier form of the sweep, say nothing about the others. */
function points(axes: readonly NamedAxis[], trials: readonly PastTrial[]): Point[] {
  return trials.flatMap(({ parameters }) => {
    const point = axes.map(({ name, encode }) => encode(parameters[name]));
    return point.every((number) => number !== null) ? [point as Point] : [];
  });
}
