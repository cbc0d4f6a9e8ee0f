// Optuna's HyperbandPruner: brackets of successive halving that begin to stop trials later and later; the name of the
// sweep and the number of a trial decide its bracket. max_resource auto is read from the trials that are complete now.
// https://github.com/optuna/optuna/blob/v5.0.0/optuna/pruners/_hyperband.py

import { crc32 } from "node:zlib";
import type { Goal, PruneConfig } from "../sweep.ts";
import type { PastTrial } from "../trial.ts";
import { prunesByHalving } from "./successive-halving.ts";

type HyperbandConfig = Extract<PruneConfig, { type: "hyperband" }>;

/** Whether `current` is stopped after the last epoch of its curve. */
export function prunesByHyperband(
  config: HyperbandConfig,
  trials: readonly PastTrial[],
  current: PastTrial,
  goal: Goal,
  sweepName: string,
): boolean {
  const budgets = bracketBudgets(config, trials);
  if (budgets === null) return false;
  const bracket = bracketOf(current.number, sweepName, budgets);
  const { minResource, reductionFactor, bootstrapCount } = config;
  const rivals = trials.filter(({ number }) => bracketOf(number, sweepName, budgets) === bracket);
  const halving = { minResource, reductionFactor, bootstrapCount, minEarlyStoppingRate: bracket };
  return prunesByHalving(halving, rivals, current, goal);
}

/** Each bracket's share of the trials; null while the longest trial is not known. */
function bracketBudgets(config: HyperbandConfig, trials: readonly PastTrial[]): number[] | null {
  const { minResource, maxResource, reductionFactor } = config;
  const most = maxResource === "auto" ? longest(trials) : maxResource;
  if (most === null) return null;
  const count = Math.floor(Math.log(most / minResource) / Math.log(reductionFactor)) + 1;
  return Array.from({ length: Math.max(1, count) }, (_, bracket) => {
    const rungs = count - bracket;
    return Math.ceil((count * reductionFactor ** (rungs - 1)) / rungs);
  });
}

function longest(trials: readonly PastTrial[]): number | null {
  const epochs = trials.flatMap(({ state, curve }) =>
    state === "complete" ? (curve.at(-1)?.epoch ?? []) : [],
  );
  return epochs.length === 0 ? null : Math.max(...epochs) + 1;
}

function bracketOf(number: number, sweepName: string, budgets: readonly number[]): number {
  const total = budgets.reduce((sum, budget) => sum + budget, 0);
  let rest = crc32(`${sweepName}_${number}`) % total;
  return budgets.findIndex((budget) => {
    rest -= budget;
    return rest < 0;
  });
}
