// A run and which of its checkpoints: `k3v9x2mp`, `latest@12`, `"beta, slow"@best`.

import type { CheckpointChoice } from "../../runner/evaluation/choose-checkpoint.ts";

export type CheckpointReference = { readonly run: string; readonly checkpoint: CheckpointChoice };

/** What stands behind the last @ is a checkpoint where it can be one, else part of the name. */
export function readCheckpointReference(text: string): CheckpointReference {
  const found = /^(.+)@(last|best|\d+)$/s.exec(text);
  if (found === null) return { run: text, checkpoint: "last" };
  const [, run, which] = found as unknown as [string, string, string];
  return { run, checkpoint: checkpointChoice(which)! };
}

/** `last`, `best` or an epoch; null where it is none of them. */
export function checkpointChoice(text: string): CheckpointChoice | null {
  if (text === "last" || text === "best") return text;
  return /^\d+$/.test(text) ? Number(text) : null;
}
