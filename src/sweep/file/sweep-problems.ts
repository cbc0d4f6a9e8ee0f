// What is right key by key and impossible together. Texts complete "key.path: ".

import type { Path } from "../../experiment/text/located.ts";
import { gridValues } from "../search/grid.ts";
import { distributionOf, parameterProblem } from "./parameter-schema.ts";
import type { WrittenSweep } from "./sweep-schema.ts";

export type SweepProblem = { readonly path: Path; readonly text: string };

export function sweepProblems(written: WrittenSweep): SweepProblem[] {
  return [...parameters(written), ...needsMetric(written), ...stopping(written)];
}

function parameters({ parameters: given, method }: WrittenSweep): SweepProblem[] {
  if (Object.keys(given).length === 0)
    return [{ path: ["parameters"], text: "expected at least one parameter, got none" }];
  return Object.entries(given).flatMap(([name, parameter]) => {
    const problem = parameterProblem(parameter);
    if (problem !== null) return [{ path: ["parameters", name, problem.key], text: problem.text }];
    if (method !== "grid" || gridValues(distributionOf(parameter)) !== null) return [];
    const got = parameter.distribution === "categorical" ? "probabilities" : parameter.distribution;
    const text = `expected value, values, int_uniform or q_uniform for method grid, got ${got}; random and bayes take it`;
    return [{ path: ["parameters", name], text }];
  });
}

function needsMetric({ metric, method, early_terminate, prune }: WrittenSweep): SweepProblem[] {
  if (metric !== undefined) return [];
  const [path, who] =
    method === "bayes"
      ? ["method", "bayes"]
      : early_terminate !== undefined
        ? ["early_terminate", "early_terminate"]
        : prune !== undefined
          ? ["prune", "prune"]
          : ["", ""];
  if (path === "") return [];
  return [
    { path: [path], text: `expected a metric for ${who}, such as metric: {name: unseen/loss}, got none` },
  ];
}

function stopping({ early_terminate: early, prune }: WrittenSweep): SweepProblem[] {
  if (early !== undefined && prune !== undefined)
    return [{ path: ["prune"], text: "expected either early_terminate or prune, got both" }];
  if (prune !== undefined) return pruning(prune);
  if (early === undefined) return [];
  const { min_iter, max_iter, s, eta } = early;
  if (max_iter !== undefined && s === undefined && min_iter === undefined)
    return [{ path: ["early_terminate"], text: "expected s beside max_iter: how many epochs to judge at" }];
  if (max_iter === undefined && min_iter === undefined)
    return [{ path: ["early_terminate"], text: "expected min_iter, or max_iter and s, got neither" }];
  if (max_iter !== undefined && max_iter < eta)
    return [
      { path: ["early_terminate", "max_iter"], text: `expected at least eta (${eta}), got ${max_iter}` },
    ];
  return [];
}

function pruning(prune: NonNullable<WrittenSweep["prune"]>): SweepProblem[] {
  if (prune.type !== "successive_halving" && prune.type !== "hyperband") return [];
  const automatic = prune.type === "hyperband" ? prune.max_resource : prune.min_resource;
  const key = prune.type === "hyperband" ? "max_resource" : "min_resource";
  if (prune.bootstrap_count > 0 && automatic === "auto")
    return [{ path: ["prune", key], text: "expected a number of epochs beside bootstrap_count, got auto" }];
  if (
    prune.type === "hyperband" &&
    prune.max_resource !== "auto" &&
    prune.max_resource < prune.min_resource
  ) {
    const text = `expected at least min_resource (${prune.min_resource}), got ${prune.max_resource}`;
    return [{ path: ["prune", "max_resource"], text }];
  }
  return [];
}
