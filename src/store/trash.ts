// The trash, tags and notes of runs: what a person does to runs after they were trained. Deleting is undone until a purge,
// which is deleteRun.

import type { Database } from "better-sqlite3";
import { UserError } from "../errors.ts";
import { statusAt } from "./dead-runs.ts";
import type { RunStatus } from "./rows.ts";

export type RunCare = {
  /** Puts a run into the trash. Throws UserError where it is running. */
  trashRun(id: string): void;
  restoreRun(id: string): void;
  addTag(id: string, tag: string): void;
  removeTag(id: string, tag: string): void;
  /** Replaces the note; "" removes it. */
  setNote(id: string, note: string): void;
};

type Standing = { readonly status: RunStatus; readonly heartbeat_at: number };

export function createRunCare(database: Database, now: () => number): RunCare {
  const select = database.prepare<[string], Standing>("SELECT status, heartbeat_at FROM runs WHERE id = ?");
  const setDeleted = database.prepare("UPDATE runs SET deleted_at = ? WHERE id = ?");
  const insertTag = database.prepare("INSERT INTO tags (run_id, tag) VALUES (?, ?) ON CONFLICT DO NOTHING");
  const deleteTag = database.prepare("DELETE FROM tags WHERE run_id = ? AND tag = ?");
  const setNote = database.prepare("UPDATE runs SET note = ? WHERE id = ?");
  const trash = database.transaction((id: string) => {
    const run = select.get(id);
    if (run === undefined) throw new UserError(`run ${JSON.stringify(id)}: no such id`);
    if (statusAt(now(), run.status, run.heartbeat_at) === "RUNNING")
      throw new UserError(`run ${id}: is still running; stop it first`);
    setDeleted.run(Math.round(now()), id);
  });
  return {
    trashRun: (id) => trash.immediate(id),
    restoreRun(id) {
      setDeleted.run(null, id);
    },
    addTag(id, tag) {
      insertTag.run(id, tag);
    },
    removeTag(id, tag) {
      deleteTag.run(id, tag);
    },
    setNote(id, note) {
      setNote.run(note, id);
    },
  };
}
