// A run and which of its checkpoints, by one reference.

import { type ChosenNetwork, chooseCheckpoint } from "../../runner/evaluation/choose-checkpoint.ts";
import type { Store } from "../../store/open-store.ts";
import { readCheckpointReference } from "./checkpoint-reference.ts";
import { findRun } from "./run-references.ts";

/** `faces`, `faces@12`, `faces@best`. Throws UserError. */
export async function findNetwork(store: Store, text: string): Promise<ChosenNetwork> {
  const reference = readCheckpointReference(text);
  const run = store.getRun(await findRun(store, reference.run));
  return { run, checkpoint: chooseCheckpoint(store, run, reference.checkpoint) };
}
