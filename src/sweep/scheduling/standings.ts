// Where the trials of a sweep stand, and how its configurations compare: what tables show.

import { bestAt } from "../../runs/best.ts";
import { areComparable, type Origin, originOf } from "../../runs/comparable.ts";
import { type Repeats, repeatsOf } from "../../statistics/repeats.ts";
import type { Store } from "../../store/open-store.ts";
import type { TrialRow } from "../../store/sweeps.ts";
import { repeatOf } from "../search/merge-repeats.ts";
import type { Metric, Sweep } from "../sweep.ts";
import { bestValue, betterFor } from "../trial.ts";
import { curveOfTrial } from "./past-trials.ts";

export type Standing = {
  readonly trial: TrialRow;
  /** Finished epochs; null before the run began. */
  readonly epoch: number | null;
  /** Of the whole trial; null before the run began. */
  readonly epochs: number | null;
  /** NaN where there is none. */
  readonly best: number;
  /** What its values are of; null before the first one. */
  readonly origin: Origin | null;
};

export type ConfigurationStanding = {
  readonly configuration: number;
  readonly parameters: TrialRow["parameters"];
  /** Trials that were trained to their end. */
  readonly complete: number;
  readonly trials: number;
  /** Their best values; null where there is none. */
  readonly best: Repeats | null;
  /** Never where values do not compare, nor where a repeat diverged: the search judges by the mean of all that were trained. */
  readonly isBest: boolean;
};

export function standingsOf(
  store: Pick<Store, "getRun" | "series" | "measuredSets">,
  trials: readonly TrialRow[],
  metric: Metric,
): Standing[] {
  return trials.map((trial) => {
    const curve = curveOfTrial(store, trial, metric);
    const run = trial.runId === null ? null : store.getRun(trial.runId);
    const spec = run && store.series(run.id, metric.series)?.spec;
    return {
      trial,
      origin: spec ? originOf(spec, store.measuredSets(run.id)) : null,
      epoch: run && (curve.at(-1)?.epoch ?? 0),
      epochs: run === null ? null : run.experiment.train.epochs,
      best: bestValue(curve, metric.goal),
    };
  });
}

export function configurationsOf(standings: readonly Standing[], sweep: Sweep): ConfigurationStanding[] {
  const groups = new Map<number, Standing[]>();
  for (const standing of standings) {
    const { configuration } = repeatOf(standing.trial.number, sweep.seeds);
    groups.set(configuration, [...(groups.get(configuration) ?? []), standing]);
  }
  const rows = [...groups].map(([configuration, group]) => {
    const values = group.filter(({ trial }) => trial.state === "complete").map(({ best }) => best);
    return {
      configuration,
      parameters: group[0]!.trial.parameters,
      complete: values.length,
      trials: group.length,
      best: repeatsOf(values),
      hasDiverged: group.some(({ trial }) => trial.state === "diverged"),
    };
  });
  const { goal } = sweep.metric;
  const best = areComparable(standings.flatMap(({ origin }) => origin ?? []))
    ? bestAt(
        rows.map(({ best, hasDiverged }) => (hasDiverged ? null : (best?.mean ?? null))),
        betterFor(goal),
      )
    : null;
  return rows.map(({ hasDiverged, ...row }) => ({
    ...row,
    isBest: best !== null && !hasDiverged && row.best?.mean === rows[best]!.best!.mean,
  }));
}
