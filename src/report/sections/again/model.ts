// The commands that make a run once more.

import { shellWord } from "../../../runs/format/words.ts";
import type { TrialRow } from "../../../store/sweeps.ts";
import type { ReportRun } from "../../read-report-runs.ts";

export type Reproduction = {
  /** A line each. */
  readonly command: readonly string[];
  /** What to know before; null for nothing. */
  readonly note: string | null;
};

/** What a sweep laid over its experiment, as `hueristic run` takes it. */
function overridesOf({ parameters, seed }: TrialRow): string[] {
  const words = Object.entries(parameters).map(
    ([name, value]) => `${name}=${typeof value === "string" ? value : JSON.stringify(value)}`,
  );
  return seed === null ? words : [...words, `seed=${seed}`];
}

export function reproduction({ run, trial }: ReportRun): Reproduction {
  const { gitCommit, gitDirty, command } = run.provenance;
  const checkout = gitCommit === null ? [] : [`git checkout ${gitCommit}`, "npm ci"];
  // As it was given, with its overrides; a run made in code has its configuration only.
  const chosen = trial === null ? [] : overridesOf(trial.trial);
  const { dataset, model } = run.experiment;
  const from = model.kind === "elsewhere" ? ["--from", "tensorboard"] : ["--as", model.kind];
  const usual =
    dataset.kind === "elsewhere"
      ? ["import", dataset.file, ...from]
      : ["run", run.source ?? "experiment.yaml", ...chosen];
  const given = command[0] === usual[0] ? command : usual;
  const notes = [
    gitDirty === true &&
      "The checkout had uncommitted changes: the commit alone may not give the same numbers.",
    given === usual &&
      usual[0] === "run" &&
      run.source === null &&
      "The run was made in code: save the configuration below as experiment.yaml first.",
  ].filter((note) => note !== false);
  return {
    command: [...checkout, ["npx hueristic", ...given.map(shellWord)].join(" ")],
    note: notes.length > 0 ? notes.join(" ") : null,
  };
}
