// The trials of a sweep before any is trained, as far as they are known then.

import type { Parameters, Sweep } from "../sweep.ts";
import type { PastTrial } from "../trial.ts";
import { repeatOf } from "./merge-repeats.ts";
import { configurationCount, suggestConfiguration } from "./suggest.ts";

export type PlannedTrial = {
  readonly number: number;
  readonly parameters: Parameters;
  /** null is the experiment's own. */
  readonly seed: number | null;
};

export type TrialPlan = {
  /** Infinity where only a person ends it. */
  readonly configurations: number;
  /** Of all configurations and seeds. */
  readonly trials: number;
  /** How many configurations are drawn, or listed, whatever earlier ones come to; what bayes tries later follows from them. */
  readonly known: number;
  /** The first ones, at most as many as were asked for. */
  readonly first: readonly PlannedTrial[];
};

export function planTrials(sweep: Sweep, most: number): TrialPlan {
  const configurations = configurationCount(sweep);
  const repeats = Math.max(1, sweep.seeds.length);
  const isGuided = sweep.method === "bayes";
  const known = Math.min(configurations, isGuided ? Math.max(1, sweep.search.nStartupTrials) : Infinity);
  const past: PastTrial[] = [];
  const first: PlannedTrial[] = [];
  for (let number = 0; number < Math.min(known * repeats, most); number++) {
    const { configuration, seed } = repeatOf(number, sweep.seeds);
    if (configuration === past.length) {
      const parameters = suggestConfiguration(sweep, configuration, past);
      if (parameters === null) break;
      past.push({ number: configuration, parameters, state: "running", value: null, curve: [] });
    }
    first.push({ number, parameters: past[configuration]!.parameters, seed });
  }
  return { configurations, trials: configurations * repeats, known, first };
}
