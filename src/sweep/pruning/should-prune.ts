// Whether a trial is stopped early. Pure: the same curves give the same answer in every process.

import type { Goal, PruneConfig } from "../sweep.ts";
import type { PastTrial } from "../trial.ts";
import { prunesByHyperband } from "./hyperband.ts";
import { prunesByPercentile } from "./percentile.ts";
import { prunesByHalving } from "./successive-halving.ts";
import { prunesByBands } from "./wandb-hyperband.ts";

/**
 * To be asked after every epoch of trial `number`, which is one of `trials`; its curve ends with that epoch. `sweepName`
 * is what Optuna's hyperband makes its brackets by.
 */
export function shouldPrune(
  config: PruneConfig,
  trials: readonly PastTrial[],
  number: number,
  goal: Goal,
  sweepName: string,
): boolean {
  const current = trials.find((trial) => trial.number === number);
  if (current === undefined) throw new Error(`${number}: is not among the trials`);
  switch (config.type) {
    case "percentile":
      return prunesByPercentile(config, trials, current, goal);
    case "successive_halving":
      return prunesByHalving(config, trials, current, goal);
    case "hyperband":
      return prunesByHyperband(config, trials, current, goal, sweepName);
    case "wandb_hyperband":
      return prunesByBands(config, trials, current, goal);
  }
}
