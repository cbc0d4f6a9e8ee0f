// Repeats of a configuration with other seeds, seen as one trial: the search judges configurations by their mean.

import type { Sweep } from "../sweep.ts";
import type { PastTrial } from "../trial.ts";

export type Repeat = {
  readonly configuration: number;
  /** null is the experiment's own. */
  readonly seed: number | null;
};

/** What the trial of this number, from 0, repeats: all seeds of a configuration before the next one. */
export function repeatOf(number: number, seeds: Sweep["seeds"]): Repeat {
  const count = Math.max(1, seeds.length);
  return { configuration: Math.floor(number / count), seed: seeds[number % count] ?? null };
}

/**
 * Trials as configurations. One is running while any of its repeats is. Then its value is the mean of those that were
 * trained to their end, NaN where one diverged; where there is none it is pruned, with the longest curve, or failed.
 */
export function mergeRepeats(trials: readonly PastTrial[], seeds: Sweep["seeds"]): PastTrial[] {
  const groups = new Map<number, PastTrial[]>();
  for (const trial of trials) {
    const { configuration } = repeatOf(trial.number, seeds);
    const group = groups.get(configuration);
    if (group === undefined) groups.set(configuration, [trial]);
    else group.push(trial);
  }
  return [...groups]
    .toSorted(([a], [b]) => a - b)
    .map(([configuration, repeats]) => ({ ...merged(repeats), number: configuration }));
}

function merged(repeats: readonly PastTrial[]): PastTrial {
  const inState = (state: PastTrial["state"]) => repeats.filter((trial) => trial.state === state);
  const first = repeats[0]!;
  const [running, complete, pruned] = [inState("running"), inState("complete"), inState("pruned")];
  if (running.length > 0) return { ...first, state: "running", value: null, curve: [] };
  if (complete.length > 0) {
    const sum = complete.reduce((total, { value }) => total + (value ?? Number.NaN), 0);
    return { ...first, state: "complete", value: sum / complete.length, curve: [] };
  }
  const longest = pruned.toSorted((a, b) => b.curve.length - a.curve.length)[0];
  return longest ?? { ...first, state: "failed", value: null, curve: [] };
}
