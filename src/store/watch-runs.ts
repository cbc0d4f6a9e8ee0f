// Whether something has happened to runs, for whoever waits for news: short questions on a connection of its own that
// only reads. What happened is read elsewhere.

import { createHash } from "node:crypto";
import { openForReading } from "./open-database.ts";
import { withStoreErrors } from "./store-error.ts";

export type RunWatch = {
  /** Another text whenever a process has written since, or a run has died. Costs microseconds. */
  version(): string;
  /** Another text whenever one of the runs has a new state, value, picture, event or judge, or another one joined them. */
  mark(runIds: readonly string[]): string;
  close(): void;
};

/** Throws UserError as `openStore` does. */
export function watchRuns(folder: string, now: () => number = Date.now): RunWatch {
  const database = openForReading(folder);
  const countDead = database
    .prepare<[number], number>(
      "SELECT count(*) FROM runs WHERE status = 'RUNNING' AND status_at(?, status, heartbeat_at, writer) = 'DEAD'",
    )
    .pluck();
  // All trials together: which run belongs to which changes with their states.
  const selectTrials = database
    .prepare("SELECT state, count(*), max(failures) FROM trials GROUP BY state")
    .raw();
  const selectMark = database
    .prepare<[number, string], unknown[]>(
      `SELECT id, note, status, status_at(?, status, heartbeat_at, writer), finished_at,
         (SELECT count(*) FROM series
          WHERE run_id = runs.id AND EXISTS (SELECT 1 FROM scalars WHERE series_id = series.id)),
         (SELECT sum((SELECT max(step) FROM scalars WHERE series_id = series.id)) FROM series WHERE run_id = runs.id),
         (SELECT count(*) FROM images WHERE run_id = runs.id),
         (SELECT max(id) FROM events WHERE run_id = runs.id),
         (SELECT group_concat("set") FROM evaluation_sets WHERE run_id = runs.id),
         (SELECT group_concat(tag) FROM tags WHERE run_id = runs.id),
         (SELECT count(*) FROM study_networks JOIN judges USING (study_id) WHERE run_id = runs.id)
       FROM runs WHERE id = ?`,
    )
    .raw();
  return withStoreErrors(
    database.name,
    {
      version: () => `${database.pragma("data_version", { simple: true })} ${countDead.get(now())}`,
      mark(runIds) {
        const at = now();
        const rows = runIds.map((id) => selectMark.get(at, id));
        const text = JSON.stringify([rows, selectTrials.all()]);
        return createHash("sha256").update(text).digest("hex").slice(0, 16);
      },
      close: () => void database.close(),
    },
    "read",
  );
}
