// The trash, tags and notes of runs: what a person does to runs after they were trained. Deleting is undone until a purge,
// which is deleteRun.

import type { Database } from "better-sqlite3";
import { UserError } from "../errors.ts";
import { nfc } from "../same-text.ts";
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

type Standing = {
  readonly status: RunStatus;
  readonly heartbeat_at: number;
  readonly writer: string | null;
};

/** A tag and both ways to write it (same-text.ts). */
function formsOf(tag: string) {
  return { tag, nfc: nfc(tag), nfd: tag.normalize("NFD") };
}

export function createRunCare(database: Database, now: () => number): RunCare {
  const select = database.prepare<[string], Standing>(
    "SELECT status, heartbeat_at, writer FROM runs WHERE id = ?",
  );
  // Without its token a writer that was only asleep stops at its next commit.
  const hide = database.prepare("UPDATE runs SET deleted_at = ?, status = ?, writer = NULL WHERE id = ?");
  const show = database.prepare("UPDATE runs SET deleted_at = NULL WHERE id = ?");
  const insertTag = database.prepare(
    "INSERT INTO tags (run_id, tag) SELECT :id, :tag WHERE NOT EXISTS (SELECT 1 FROM tags WHERE run_id = :id AND tag IN (:tag, :nfc, :nfd))",
  );
  const deleteTag = database.prepare("DELETE FROM tags WHERE run_id = :id AND tag IN (:tag, :nfc, :nfd)");
  const setNote = database.prepare("UPDATE runs SET note = ? WHERE id = ?");
  const trash = database.transaction((id: string) => {
    const run = select.get(id);
    if (run === undefined) throw new UserError(`run ${JSON.stringify(id)}: no such id`);
    const status = statusAt(now(), run);
    if (status === "RUNNING") throw new UserError(`run ${id}: is still running; stop it first`);
    hide.run(Math.round(now()), status, id);
  });
  return {
    trashRun: (id) => trash.immediate(id),
    restoreRun(id) {
      show.run(id);
    },
    addTag(id, tag) {
      insertTag.run({ id, ...formsOf(tag) });
    },
    removeTag(id, tag) {
      deleteTag.run({ id, ...formsOf(tag) });
    },
    setNote(id, note) {
      setNote.run(note, id);
    },
  };
}
