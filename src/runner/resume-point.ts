// Where a run that goes on begins: its newest checkpoint that is whole and that the store has the values of. Read before
// anything is changed.

import { messageOf, UserError } from "../errors.ts";
import { type Checkpoint, checkpointFiles, readCheckpoint } from "./checkpoints.ts";

export type ResumePoint = {
  readonly checkpoint: Checkpoint;
  /** Why newer checkpoints were passed over, one line each. */
  readonly notes: readonly string[];
};

/**
 * `loggedStep` is the last step whose losses the store has. A checkpoint beyond it would leave a gap: after a power cut the
 * file may be there while the last commits are not. null where there is no checkpoint; throws UserError where there are
 * some, but none that serves.
 */
export function readResumePoint(folder: string, loggedStep: number): ResumePoint | null {
  const notes: string[] = [];
  const files = checkpointFiles(folder);
  for (const file of files.toReversed()) {
    let checkpoint: Checkpoint;
    try {
      checkpoint = readCheckpoint(file);
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      notes.push(messageOf(error));
      continue;
    }
    if (checkpoint.step <= loggedStep) return { checkpoint, notes };
    notes.push(
      `${file}: is of step ${checkpoint.step}, but the store has values up to step ${loggedStep} only`,
    );
  }
  if (files.length === 0) return null;
  throw new UserError(notes.join("\n"));
}
