// A checked sweep file in the words of the program.

import { type Located, locate, type Place } from "../../experiment/text/located.ts";
import { withoutRepeats } from "../search/space.ts";
import type { Metric, Parameter, PruneConfig, Sweep } from "../sweep.ts";
import { seriesName } from "../trial.ts";
import { distributionOf } from "./parameter-schema.ts";
import type { WrittenSweep } from "./sweep-schema.ts";

/** `root` says where parameters were written. */
export function completeSweep(
  written: WrittenSweep,
  root: Located,
  name: string,
): Omit<Sweep, "base" | "removed"> {
  const { search } = written;
  return {
    name: written.name ?? name,
    description: written.description,
    method: written.method,
    metric: metricOf(written.metric),
    parameters: completeParameters(written).map(
      (parameter): Parameter => ({ ...parameter, place: placeOf(root, parameter.name) }),
    ),
    search: {
      seed: search.seed ?? 1,
      nStartupTrials: search.n_startup_trials ?? 10,
      nEiCandidates: search.n_ei_candidates ?? 24,
      constantLiar: search.constant_liar ?? true,
    },
    prune: pruneOf(written),
    runCap: written.run_cap ?? null,
    seeds: written.seeds ?? [],
    evaluateOthers: written.evaluate?.others ?? false,
  };
}

export function completeParameters({
  parameters,
  method,
}: Pick<WrittenSweep, "parameters" | "method">): Omit<Parameter, "place">[] {
  return Object.entries(parameters).map(([name, value]) => ({
    name,
    distribution: withoutRepeats(distributionOf(value), method === "grid"),
  }));
}

function placeOf(root: Located, parameter: string): Place {
  return locate(root, ["parameters", parameter]).value.place;
}

function metricOf(metric: WrittenSweep["metric"]): Metric {
  if (metric === undefined) return { series: "unseen/loss", goal: "minimize", target: null };
  return { series: seriesName(metric.name), goal: metric.goal ?? "minimize", target: metric.target ?? null };
}

function pruneOf({ early_terminate: early, prune }: WrittenSweep): PruneConfig | null {
  if (early !== undefined) {
    const bands =
      early.max_iter === undefined ? { minIter: early.min_iter! } : { maxIter: early.max_iter, s: early.s! };
    return { type: "wandb_hyperband", bands, eta: early.eta, strict: early.strict };
  }
  switch (prune?.type) {
    case undefined:
      return null;
    case "median":
    case "percentile":
      return {
        type: "percentile",
        percentile: prune.type === "median" ? 50 : prune.percentile,
        nStartupTrials: prune.n_startup_trials,
        nWarmupSteps: prune.n_warmup_steps,
        intervalSteps: prune.interval_steps,
        nMinTrials: prune.n_min_trials,
      };
    case "successive_halving":
      return {
        type: "successive_halving",
        minResource: prune.min_resource,
        reductionFactor: prune.reduction_factor,
        minEarlyStoppingRate: prune.min_early_stopping_rate,
        bootstrapCount: prune.bootstrap_count,
      };
    case "hyperband":
      return {
        type: "hyperband",
        minResource: prune.min_resource,
        maxResource: prune.max_resource,
        reductionFactor: prune.reduction_factor,
        bootstrapCount: prune.bootstrap_count,
      };
  }
}
