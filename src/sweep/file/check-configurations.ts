// Tries the configurations of a sweep on its experiment before the first is trained: an unknown path or a value that no
// experiment takes shows at once, with the line of the parameter.

import { UserError } from "../../errors.ts";
import { resolveLayers } from "../../experiment/complete-experiment.ts";
import type { Layers } from "../../experiment/text/files.ts";
import { gridConfiguration, gridSize } from "../search/grid.ts";
import { quantile, randomConfiguration } from "../search/random.ts";
import type { Distribution, Json, Parameters, Sweep } from "../sweep.ts";
import { changesOf, withoutRemoved } from "../trial-experiment.ts";

/** Of a larger grid the first ones; their values occur in the others too. */
const mostConfigurations = 1000;
const draws = 50;
const mostLines = 20;

/** Lines about what is wrong with the experiments of a sweep; none where all is well. */
export function configurationProblems(sweep: Sweep, layers: Layers): string[] {
  const lower = withoutRemoved(layers, sweep.removed);
  const linesOf = (parameters: Parameters): string[] => {
    try {
      const changes = changesOf(sweep.parameters, parameters, sweep.seeds[0] ?? null);
      resolveLayers(lower, changes, sweep.base.file);
      return [];
    } catch (error) {
      if (error instanceof UserError) return error.message.split("\n");
      throw error;
    }
  };
  const lines = new Set<string>();
  for (const parameters of edges(sweep)) for (const line of linesOf(parameters)) lines.add(line);
  // What goes wrong in between is said once for each key, not for every number drawn.
  const keys = new Set([...lines].map(keyOf));
  for (const parameters of insides(sweep))
    for (const line of linesOf(parameters)) {
      if (!keys.has(keyOf(line))) lines.add(line);
      keys.add(keyOf(line));
    }
  return [...lines].slice(0, mostLines);
}

/** Place and path of a problem's line. */
function keyOf(line: string): string {
  return line.split(": ").slice(0, 2).join(": ");
}

/** Every value of every list, and both ends of every range, beside values that are drawn. */
function* edges({ parameters, search }: Sweep): Generator<Parameters> {
  for (const [index, { name, distribution }] of parameters.entries()) {
    const drawn = randomConfiguration(parameters, search.seed, index);
    for (const value of extremes(distribution)) yield { ...drawn, [name]: value };
  }
}

function* insides({ parameters, method, search, runCap }: Sweep): Generator<Parameters> {
  const most = Math.min(runCap ?? mostConfigurations, mostConfigurations);
  if (method === "grid")
    for (let number = 0; number < Math.min(gridSize(parameters), most); number++)
      yield gridConfiguration(parameters, number)!;
  else
    for (let number = 0; number < Math.min(draws, most); number++)
      yield randomConfiguration(parameters, search.seed, number);
}

function extremes(distribution: Distribution): readonly Json[] {
  if (distribution.kind === "constant") return [distribution.value];
  if (distribution.kind === "categorical") return distribution.values;
  // A normal distribution has no ends: what it rarely passes.
  const rare = distribution.kind === "normal" ? 0.01 : 0;
  return [quantile(distribution, rare), quantile(distribution, 1 - Math.max(rare, 2 ** -32))];
}
