// What is right key by key and impossible together, or has no effect. Texts complete "key.path: ".

import type { Path } from "../../experiment/text/located.ts";
import { readLauncher } from "../launching/launcher.ts";
import { gridCount } from "../search/grid.ts";
import { spaceSize } from "../search/space.ts";
import { completeParameters } from "./complete-sweep.ts";
import { distributionOf, parameterProblem } from "./parameter-schema.ts";
import type { WrittenSweep } from "./sweep-schema.ts";

export type SweepProblem = { readonly path: Path; readonly text: string };

/** A table of so many trials is read at every claim; more are a slip. */
const mostGrid = 1_000_000;

export function sweepProblems(written: WrittenSweep): SweepProblem[] {
  const parameters = parameterProblems(written);
  return [
    ...parameters,
    ...(parameters.length === 0 ? sizes(written) : []),
    ...needsMetric(written),
    ...stopping(written),
    ...withoutEffect(written),
    ...withoutOthers(written),
    ...launching(written),
  ];
}

function launching({ launcher }: WrittenSweep): SweepProblem[] {
  if (launcher === undefined) return [];
  return readLauncher(launcher).problems.map(({ path, text }) => ({ path: ["launcher", ...path], text }));
}

function parameterProblems({ parameters: given, method }: WrittenSweep): SweepProblem[] {
  return Object.entries(given).flatMap(([name, parameter]) => {
    const problem = parameterProblem(parameter, method === "grid");
    if (problem !== null) return [{ path: ["parameters", name, problem.key], text: problem.text }];
    if (method !== "grid" || gridCount(distributionOf(parameter)) !== null) return [];
    const got = parameter.distribution === "categorical" ? "probabilities" : parameter.distribution;
    const text = `expected value, values, int_uniform or q_uniform for method grid, got ${got}; random and bayes take it`;
    return [{ path: ["parameters", name], text }];
  });
}

/** Where every trial has the same images there are no others. */
function withoutOthers({ evaluate, parameters }: WrittenSweep): SweepProblem[] {
  const isChosen = Object.keys(parameters).some((name) => /^dataset(\.|$)/.test(name));
  if (!evaluate?.others || isChosen) return [];
  const text =
    "expected a parameter dataset, or one of its keys, so that trials have different images; got none";
  return [{ path: ["evaluate", "others"], text }];
}

/** A search over one configuration, and a grid over more than anybody trains. */
function sizes(written: WrittenSweep): SweepProblem[] {
  const { method, run_cap: runCap } = written;
  const parameters = completeParameters(written);
  const path = ["parameters"];
  if (method !== "grid") {
    if (parameters.length === 0 || spaceSize(parameters) > 1) return [];
    const text = `expected a parameter with more than one value for method ${method}, got none; grid trains the one configuration`;
    return [{ path, text }];
  }
  const size = parameters.reduce((product, { distribution }) => product * gridCount(distribution)!, 1);
  if (Math.min(size, runCap ?? size) <= mostGrid) return [];
  const text = `expected at most ${mostGrid} configurations, got ${countText(size)}; method random draws from so many, run_cap ends a grid early`;
  return [{ path, text }];
}

function countText(count: number): string {
  return count < 1e15 ? String(count) : count.toExponential(1);
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
  const of = (key: string, text: string) => [{ path: ["early_terminate", key], text }];
  if (max_iter === undefined && min_iter === undefined)
    return [{ path: ["early_terminate"], text: "expected min_iter, or max_iter and s, got neither" }];
  if (max_iter !== undefined && min_iter !== undefined)
    return of("min_iter", "expected either min_iter, or max_iter and s: beside max_iter it has no effect");
  if (max_iter === undefined)
    return s === undefined ? [] : of("s", "expected beside max_iter only: with min_iter it has no effect");
  if (s === undefined)
    return [{ path: ["early_terminate"], text: "expected s beside max_iter: how many epochs to judge at" }];
  return max_iter < eta ? of("max_iter", `expected at least eta (${eta}), got ${max_iter}`) : [];
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

function withoutEffect({ metric, method, search, seeds, parameters }: WrittenSweep): SweepProblem[] {
  const problems: SweepProblem[] = [];
  const say = (path: Path, text: string) => problems.push({ path, text });
  if (metric?.impute !== undefined)
    say(["metric", "impute"], "is not supported: a trial that failed is left out of the search");
  if (metric?.impute_while_running !== undefined)
    say(
      ["metric", "impute_while_running"],
      "is not supported: search.constant_liar says what running trials count for",
    );
  for (const key of Object.keys(search))
    if (method === "grid" || (method === "random" && key !== "seed"))
      say(["search", key], `has no effect on method ${method}`);
  if (seeds !== undefined && parameters.seed !== undefined)
    say(["seeds"], "expected either seeds or the parameter seed, got both: the parameter takes its place");
  if (parameters.name !== undefined)
    say(["parameters", "name"], "has no effect: runs are named after the sweep and the number of the trial");
  return problems;
}
