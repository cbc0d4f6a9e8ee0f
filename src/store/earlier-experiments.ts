// What a run was trained with before it went on with other settings: both stay in the record.

import { isDeepStrictEqual } from "node:util";
import type { Database } from "better-sqlite3";
import type { Experiment } from "../experiment/experiment.ts";
import { upgradeExperiment } from "../experiment/upgrade.ts";
import type { Continuation } from "./start-run.ts";

/** The migration that makes room for them. */
export const earlierExperiments = `
-- What a run was trained with before it went on with other settings.
CREATE TABLE earlier_experiments (
  run_id             TEXT    NOT NULL REFERENCES runs ON DELETE CASCADE,
  until_step         INTEGER NOT NULL CHECK (until_step >= 0),
  experiment         TEXT    NOT NULL CHECK (json_valid(experiment)),
  experiment_version INTEGER NOT NULL,
  PRIMARY KEY (run_id, until_step)
) STRICT, WITHOUT ROWID;
`;

export type EarlierExperiment = {
  /** The last step that was trained with it. */
  readonly untilStep: number;
  readonly experiment: Experiment;
};

export type EarlierExperimentReader = {
  /** Oldest first; none for most runs. */
  earlierExperiments(runId: string): EarlierExperiment[];
};

type Stored = {
  readonly until_step: number;
  readonly experiment: string;
  readonly experiment_version: number;
};

export function createEarlierExperiments(database: Database) {
  const select = database.prepare<[string], Stored>(
    "SELECT until_step, experiment, experiment_version FROM earlier_experiments WHERE run_id = ? ORDER BY until_step",
  );
  const selectCurrent = database.prepare<[string], Omit<Stored, "until_step">>(
    "SELECT experiment, experiment_version FROM runs WHERE id = ?",
  );
  const deleteFrom = database.prepare("DELETE FROM earlier_experiments WHERE run_id = ? AND until_step >= ?");
  const insert = database.prepare("INSERT INTO earlier_experiments VALUES (?, ?, ?, ?)");

  return {
    earlierExperiments: (runId) =>
      select.all(runId).map((stored) => ({ untilStep: stored.until_step, experiment: experimentOf(stored) })),

    /** Within a transaction, before the row of the run has the settings that it goes on with. */
    keep(runId: string, { fromStep, experiment }: Continuation): void {
      const current = selectCurrent.get(runId)!;
      // The first of those that reach beyond the step was trained with up to it.
      const cut = select.all(runId).find(({ until_step }) => until_step >= fromStep);
      deleteFrom.run(runId, fromStep);
      const before = cut ?? current;
      const after = experiment ?? experimentOf(current);
      if (fromStep > 0 && !isDeepStrictEqual(experimentOf(before), after))
        insert.run(runId, fromStep, before.experiment, before.experiment_version);
    },
  } satisfies EarlierExperimentReader & Record<string, unknown>;
}

function experimentOf({ experiment, experiment_version }: Omit<Stored, "until_step">): Experiment {
  return upgradeExperiment(JSON.parse(experiment), experiment_version);
}
