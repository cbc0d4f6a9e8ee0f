// Optuna's SuccessiveHalvingPruner (asynchronous successive halving, ASHA): at epochs that grow by a factor, the rungs,
// only the best share of all trials that came so far goes on. Optuna writes down the value at each rung as it decides;
// here it is read from the curve: the value of the first epoch at or past the rung. min_resource auto is read from the
// trials that are complete now, where Optuna keeps what it read first and knows no rungs from before.
// https://github.com/optuna/optuna/blob/v5.0.0/optuna/pruners/_successive_halving.py

import type { Goal, PruneConfig } from "../sweep.ts";
import type { PastTrial } from "../trial.ts";

export type HalvingConfig = Omit<Extract<PruneConfig, { type: "successive_halving" }>, "type">;

/** Whether `current` is stopped after the last epoch of its curve. */
export function prunesByHalving(
  config: HalvingConfig,
  trials: readonly PastTrial[],
  current: PastTrial,
  goal: Goal,
): boolean {
  const least = config.minResource === "auto" ? usualResource(trials) : config.minResource;
  const last = current.curve.at(-1);
  if (least === null || last === undefined) return false;
  const others = trials.filter(({ number }) => number !== current.number);
  const epochOf = (rung: number) => least * config.reductionFactor ** (config.minEarlyStoppingRate + rung);
  const before = current.curve.at(-2)?.epoch ?? 0;
  for (let rung = 0; epochOf(rung) <= last.epoch; rung++) {
    if (epochOf(rung) <= before) continue;
    if (Number.isNaN(last.value)) return true;
    const values = others.flatMap(
      (trial) => valueAt(trial, epochOf(rung), rung === 0 ? 0 : epochOf(rung - 1)) ?? [],
    );
    values.push(last.value);
    if (values.length <= config.bootstrapCount) return true;
    if (!isPromoted(last.value, values, config.reductionFactor, goal)) return true;
  }
  return false;
}

/** A hundredth of the longest complete trial; null while there is none. */
function usualResource(trials: readonly PastTrial[]): number | null {
  const epochs = trials.flatMap(({ state, curve }) =>
    state === "complete" ? (curve.at(-1)?.epoch ?? []) : [],
  );
  return epochs.length === 0 ? null : Math.max(1, Math.floor(Math.max(...epochs) / 100));
}

/** null for a trial that did not come to the rung, or not with a number; a pruned one ended at its first new rung. */
function valueAt({ state, curve }: PastTrial, epoch: number, lower: number): number | null {
  const index = curve.findIndex((point) => point.epoch >= epoch);
  const point = curve[index];
  if (point === undefined || Number.isNaN(point.value)) return null;
  const endedBelow =
    state === "pruned" && index === curve.length - 1 && (curve[index - 1]?.epoch ?? 0) < lower;
  return endedBelow ? null : point.value;
}

/** Among the best 1/factor of `values`, or the best of too few. `values` holds `value` too. */
function isPromoted(value: number, values: readonly number[], factor: number, goal: Goal): boolean {
  const index = Math.max(0, Math.floor(values.length / factor) - 1);
  const sorted = values.toSorted((a, b) => a - b);
  return goal === "minimize" ? value <= sorted[index]! : value >= sorted.at(-(index + 1))!;
}
