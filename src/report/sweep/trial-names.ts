// What the runs of a sweep are called in its page: what was chosen for them says more than a number.

import { shorten } from "../format.ts";
import type { ReportRun } from "../read-report-runs.ts";
import type { SweepInput, Trial } from "./trials.ts";

export type TrialNames = {
  /** One for each run, such as "adam, 0.0003, seed 1". */
  readonly runs: readonly string[];
  /** Of a run with the others of its configuration, such as "adam, 0.0003". */
  configuration(position: number): string;
};

/** `names` are for runs that are no trials. */
export function trialNames(
  { trials }: SweepInput,
  runs: readonly ReportRun[],
  names: readonly string[],
): TrialNames {
  const trialOf = new Map(trials.map((trial) => [trial.runId, trial]));
  const configurations = new Set(trials.map(({ configuration }) => configuration));
  const hasSeeds = configurations.size < trials.length;
  const words = (trial: Trial) =>
    shorten(trial.parameters.map((value) => shorten(value ?? "–", 24)).join(", "), 48);
  const labels = runs.map(({ run }, at) => {
    const trial = trialOf.get(run.id);
    if (trial === undefined) return names[at]!;
    return hasSeeds ? `${words(trial)}, seed ${trial.seed ?? run.experiment.seed}` : words(trial);
  });
  return {
    runs: labels.map((label, at) =>
      labels.indexOf(label) === labels.lastIndexOf(label)
        ? label
        : `${label} (${trialOf.get(runs[at]!.run.id)?.number ?? at})`,
    ),
    configuration(position) {
      const trial = trialOf.get(runs[position]!.run.id);
      return trial === undefined ? names[position]! : words(trial);
    },
  };
}
