// Sweeps with their trials and studies with their answers from an attached database, within the caller's transaction, after
// the rows of runs. A trial is brought up to date with its run; what is known of a study stays, and answers join it.

import type { Database } from "better-sqlite3";
import { type CopyRows, createRowCopy } from "./merge-runs.ts";
import { other } from "./source-copy.ts";

const isHere = (run: string) => `EXISTS (SELECT 1 FROM main.runs WHERE id = ${run})`;

const trial = "state, parameters, seed, run_id, holder, heartbeat_at, failures, deaths, error";

const isOpen = (state: string) => `${state} IN ('waiting', 'running')`;

// A trial whose run did not come along waits, as one whose run was deleted does. One that is open here and ended there ends,
// also where nothing is new of its run, unless another run trains it here or ours went further.
const sweeps = (copy: CopyRows) => `
${copy("sweeps")} WHERE true ON CONFLICT DO NOTHING;
INSERT INTO main.trials (sweep_id, number, ${trial})
SELECT sweep_id, number, ${trial} FROM ${other}.trials WHERE run_id IS NULL OR ${isHere("run_id")} ON CONFLICT DO NOTHING;
INSERT INTO main.trials (sweep_id, number, state, parameters, seed)
SELECT sweep_id, number, 'waiting', parameters, seed FROM ${other}.trials
WHERE run_id IS NOT NULL AND NOT ${isHere("run_id")} ON CONFLICT DO NOTHING;
UPDATE main.trials SET (${trial}) = (SELECT ${trial} FROM ${other}.trials AS theirs
  WHERE theirs.sweep_id = trials.sweep_id AND theirs.number = trials.number)
WHERE EXISTS (SELECT 1 FROM ${other}.trials AS theirs LEFT JOIN taken ON taken.run_id = theirs.run_id
  WHERE theirs.sweep_id = trials.sweep_id AND theirs.number = trials.number AND (
    mode <> 'add' OR (${isOpen("trials.state")} AND NOT ${isOpen("theirs.state")}
      AND (theirs.run_id IS NULL OR mode = 'add') AND (trials.run_id IS NULL OR trials.run_id = theirs.run_id))));
`;

const studies = (copy: CopyRows) => `
CREATE TEMP TABLE new_studies AS SELECT id FROM ${other}.studies WHERE id NOT IN (SELECT id FROM main.studies)
  AND EXISTS (SELECT 1 FROM ${other}.study_networks WHERE study_id = studies.id AND ${isHere("run_id")});
${copy("studies")} WHERE id IN (SELECT id FROM new_studies);
${copy("study_networks")} WHERE study_id IN (SELECT id FROM new_studies) AND ${isHere("run_id")};
${copy("study_pairs")} AS given
WHERE study_id IN (SELECT id FROM new_studies) AND ${["network", "against"]
  .map(
    (side) =>
      `(${side} IS NULL OR EXISTS (SELECT 1 FROM main.study_networks AS own WHERE own.study_id = given.study_id AND number = ${side}))`,
  )
  .join(" AND ")};
DROP TABLE new_studies;
CREATE TEMP TABLE new_judges AS SELECT study_id, id FROM ${other}.judges
WHERE study_id IN (SELECT id FROM main.studies) AND (study_id, id) NOT IN (SELECT study_id, id FROM main.judges);
${copy("judges")} WHERE (study_id, id) IN (SELECT study_id, id FROM new_judges);
${copy("judgements")}
WHERE (study_id, judge_id) IN (SELECT study_id, id FROM new_judges)
  AND (study_id, pair_id) IN (SELECT study_id, id FROM main.study_pairs);
DROP TABLE new_judges;
`;

/** After `createRunMerger`'s function, with the same tables. */
export function mergeSweepsAndStudies(database: Database): void {
  const copy = createRowCopy(database);
  database.exec(sweeps(copy));
  database.exec(studies(copy));
}
