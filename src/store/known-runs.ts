// What of the store users refer to: src/runs/references.ts says which runs they mean. Files are not looked at.

import type { Database } from "better-sqlite3";
import type { Known, KnownRun, KnownSweep } from "../runs/references.ts";

type Stored = Omit<KnownRun, "tags"> & { readonly tags: string };

export function createKnownRuns(database: Database, where: Known["where"]): Known {
  const selectRuns = database.prepare<[], Stored>(
    `SELECT id, name, source, (SELECT json_group_array(tag) FROM tags WHERE run_id = id) AS tags
     FROM runs WHERE deleted_at IS ${where === "outside" ? "NULL" : "NOT NULL"}
     ORDER BY created_at DESC, runs.rowid DESC`,
  );
  const selectSweeps = database.prepare<[], KnownSweep>(
    "SELECT id, name FROM sweeps ORDER BY created_at DESC, sweeps.rowid DESC",
  );
  const selectRunsOfSweep = database
    .prepare<[string], string>(
      `SELECT run_id FROM trials JOIN runs ON runs.id = run_id
       WHERE sweep_id = ? AND deleted_at IS ${where === "outside" ? "NULL" : "NOT NULL"} ORDER BY number`,
    )
    .pluck();
  return {
    where,
    runs: () => selectRuns.all().map((run) => ({ ...run, tags: JSON.parse(run.tags) })),
    sweeps: () => selectSweeps.all(),
    runsOfSweep: (id) => selectRunsOfSweep.all(id),
    file: () => null,
  };
}
