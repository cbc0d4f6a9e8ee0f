// Every revision that a run has gone through, by which merging tells a copy that went on from one that forked
// (merge/run-versions.ts).

import type { Database } from "better-sqlite3";

/** The migration. Of runs from before it only the newest revision is known. */
export const runRevisions = `
-- token is the writer that began the revision, NULL in runs from before there were any. What was logged beyond cut_step and
-- cut_epoch was removed at its beginning; NULL where nothing was.
CREATE TABLE revisions (
  run_id    TEXT    NOT NULL REFERENCES runs ON DELETE CASCADE,
  revision  INTEGER NOT NULL CHECK (revision > 0),
  token     TEXT,
  cut_step  INTEGER,
  cut_epoch INTEGER,
  PRIMARY KEY (run_id, revision),
  CHECK ((cut_step IS NULL) = (cut_epoch IS NULL))
) STRICT, WITHOUT ROWID;
INSERT INTO revisions (run_id, revision, token) SELECT id, revision, revision_token FROM runs;
`;

/** Gives a function that records the revision at which a run stands by now, within the caller's transaction. */
export function createRevisionRecorder(
  database: Database,
): (runId: string, cut?: { readonly step: number; readonly epoch: number }) => void {
  const record = database.prepare(
    `INSERT INTO revisions (run_id, revision, token, cut_step, cut_epoch)
     SELECT id, revision, revision_token, :step, :epoch FROM runs WHERE id = :runId`,
  );
  return (runId, cut) => void record.run({ runId, step: cut?.step ?? null, epoch: cut?.epoch ?? null });
}
