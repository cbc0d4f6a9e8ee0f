// Where a run that goes on begins: its newest checkpoint that is whole and that the store has the values of. Read before
// anything is changed, and what was logged is deleted only where that was asked for.

import { messageOf, UserError } from "../errors.ts";
import type { State } from "../training-step.ts";
import { type Checkpoint, checkpointFiles, readCheckpoint } from "./checkpoints.ts";

export type ResumePoint = {
  /** null begins anew. */
  readonly checkpoint: Checkpoint | null;
  /** Why newer checkpoints were passed over, one line each. */
  readonly notes: readonly string[];
};

/** Whether a run may begin anew, which deletes what it has logged. */
export type FromScratch = "never" | "if needed" | "always";

export type ResumeOptions = {
  readonly runId: string;
  /** Of its checkpoints. */
  readonly folder: string;
  /**
   * The last step whose losses the store has. A checkpoint beyond it would leave a gap: after a power cut the file may be
   * there while the last commits are not.
   */
  readonly loggedStep: number;
  readonly fromScratch: FromScratch;
  /** The first tensor that the network needs and a state has not, or in another shape; null where there is none. */
  lacks(state: State): string | null;
};

/** Throws UserError where no checkpoint serves and the run has logged something that beginning anew would delete. */
export function readResumePoint({
  runId,
  folder,
  loggedStep,
  fromScratch,
  lacks,
}: ResumeOptions): ResumePoint {
  if (fromScratch === "always") return { checkpoint: null, notes: [] };
  const notes: string[] = [];
  for (const file of checkpointFiles(folder).toReversed()) {
    const checkpoint = readWhole(file, notes);
    if (checkpoint === null) continue;
    const lacking = lacks(checkpoint.state);
    if (lacking !== null) {
      notes.push(`${file}: is of another network: it has no ${lacking} as this one needs it`);
      continue;
    }
    if (checkpoint.step <= loggedStep) return { checkpoint, notes };
    notes.push(
      `${file}: is of step ${checkpoint.step}, but the store has values up to step ${loggedStep} only`,
    );
  }
  if (loggedStep > 0 && fromScratch === "never") {
    const why = notes.length === 0 ? `has none in ${folder}` : notes.join("; ");
    throw new UserError(
      `run ${runId}: expected a checkpoint to go on from, ${why}; --from-scratch trains it anew and deletes the ${loggedStep} steps that it has logged`,
    );
  }
  return { checkpoint: null, notes };
}

function readWhole(file: string, notes: string[]): Checkpoint | null {
  try {
    return readCheckpoint(file);
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    notes.push(messageOf(error));
    return null;
  }
}
