// The migration that lets copies of a run be compared, and remembers what was merged and what was removed for good (merge/,
// spool/).

export const travellingRuns = `
-- Two copies of a run are compared by these (merge/run-versions.ts). The revision counts up wherever values that were logged
-- may be removed, at a resume and a rewind; the token is that of the writer which began it last, also after its end.
ALTER TABLE runs ADD COLUMN revision INTEGER NOT NULL DEFAULT 1 CHECK (revision > 0);
ALTER TABLE runs ADD COLUMN revision_token TEXT;
UPDATE runs SET revision_token = writer;

-- Files of <runs>/spool whose rows are here: mark is their size and time, writer the one of the run, whose heartbeat is a
-- file beside it; settled files are never written again.
CREATE TABLE merged_files (
  name    TEXT    NOT NULL PRIMARY KEY CHECK (name <> ''),
  mark    TEXT    NOT NULL,
  run_id  TEXT    NOT NULL,
  writer  TEXT,
  settled INTEGER NOT NULL CHECK (settled IN (0, 1))
) STRICT, WITHOUT ROWID;

-- Runs that were removed for good, which no file of the spool brings back.
CREATE TABLE purged_runs (
  id TEXT NOT NULL PRIMARY KEY CHECK (id <> '')
) STRICT, WITHOUT ROWID;
`;
