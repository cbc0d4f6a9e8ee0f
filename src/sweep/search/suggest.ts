// Which configuration a sweep tries next. Nothing is remembered: any number of processes may ask, and all get the same
// answer for the same number and history.

import type { Parameters, Sweep } from "../sweep.ts";
import type { PastTrial } from "../trial.ts";
import { gridConfiguration, gridSize } from "./grid.ts";
import { configurationKey, newConfiguration, spaceSize } from "./space.ts";
import { tpeConfiguration } from "./tpe/tpe.ts";

type Searched = Pick<Sweep, "method" | "parameters" | "metric" | "search" | "runCap">;

/** How many configurations there will be at most; Infinity where only a person ends it. */
export function configurationCount({ method, parameters, runCap }: Searched): number {
  const all = method === "grid" ? gridSize(parameters) : spaceSize(parameters);
  return Math.min(all, runCap ?? Number.POSITIVE_INFINITY);
}

/**
 * The configuration of this number, from 0; null after the last one. `history` is every other configuration that was
 * begun, its repeats merged (mergeRepeats): random looks at what they are alone, grid not at all.
 */
export function suggestConfiguration(
  sweep: Searched,
  number: number,
  history: readonly PastTrial[],
): Parameters | null {
  const { method, parameters, metric, search } = sweep;
  if (number >= configurationCount(sweep)) return null;
  if (method === "grid") return gridConfiguration(parameters, number);
  if (method === "bayes") return tpeConfiguration(parameters, metric.goal, search, number, history);
  const taken = new Set(history.map((trial) => configurationKey(parameters, trial.parameters)));
  return newConfiguration(parameters, search.seed, number, taken);
}
