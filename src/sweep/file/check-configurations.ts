// Tries the configurations of a sweep on its experiment before the first is trained: an unknown path or a value that no
// experiment takes shows at once, with the line of the parameter.

import { UserError } from "../../errors.ts";
import { resolveLayers } from "../../experiment/complete-experiment.ts";
import type { Experiment } from "../../experiment/experiment.ts";
import type { Layers } from "../../experiment/text/files.ts";
import { randomStream } from "../../random.ts";
import { gridConfiguration, gridCount, gridSize, gridValue } from "../search/grid.ts";
import { quantile, randomConfiguration } from "../search/random.ts";
import type { Json, Parameter, Parameters, Sweep } from "../sweep.ts";
import { changesOf, withoutRemoved } from "../trial-experiment.ts";

/** Of a larger grid so many are drawn; all their values are tried anyway. */
const mostConfigurations = 200;
const draws = 50;
const mostLines = 20;

export type TriedConfigurations = {
  /** Those that are all right. */
  readonly experiments: readonly Experiment[];
  /** What is wrong with the others. */
  readonly lines: readonly string[];
};

export function tryConfigurations(sweep: Sweep, layers: Layers): TriedConfigurations {
  const lower = withoutRemoved(layers, sweep.removed);
  const experiments: Experiment[] = [];
  const linesOf = (parameters: Parameters): string[] => {
    try {
      const changes = changesOf(sweep.parameters, parameters, sweep.seeds[0] ?? null);
      experiments.push(resolveLayers(lower, changes, sweep.base.file));
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
  return { experiments, lines: [...lines].slice(0, mostLines) };
}

/** Place and path of a problem's line. */
function keyOf(line: string): string {
  return line.split(": ").slice(0, 2).join(": ");
}

/** Every value of every list, and both ends of every range, beside values that are drawn. */
function* edges(sweep: Sweep): Generator<Parameters> {
  for (const [index, parameter] of sweep.parameters.entries()) {
    const others = drawn(sweep, index);
    for (const value of extremes(parameter, sweep.method)) yield { ...others, [parameter.name]: value };
  }
}

function* insides(sweep: Sweep): Generator<Parameters> {
  const { parameters, method, runCap } = sweep;
  const most = Math.min(runCap ?? Number.POSITIVE_INFINITY, method === "grid" ? mostConfigurations : draws);
  const size = method === "grid" ? gridSize(parameters) : Number.POSITIVE_INFINITY;
  for (let number = 0; number < Math.min(size, most); number++)
    yield size <= mostConfigurations ? gridConfiguration(parameters, number)! : drawn(sweep, number);
}

function drawn({ parameters, method, search }: Sweep, number: number): Parameters {
  if (method !== "grid") return randomConfiguration(parameters, search.seed, number);
  const share = randomStream(search.seed, "tried", number).uniform();
  return gridConfiguration(parameters, Math.floor(share * gridSize(parameters)))!;
}

function extremes({ distribution }: Parameter, method: Sweep["method"]): readonly Json[] {
  if (distribution.kind === "categorical") return distribution.values;
  if (method === "grid")
    return [0, gridCount(distribution)! - 1].map((index) => gridValue(distribution, index));
  // A normal distribution has no ends: what it rarely passes.
  const rare = distribution.kind === "normal" ? 0.01 : 0;
  return [quantile(distribution, rare), quantile(distribution, 1 - Math.max(rare, 2 ** -32))];
}
