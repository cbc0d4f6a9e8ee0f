// Which checkpoint of a run is meant: its last one, the one of an epoch, or the best of those that are kept.

import { UserError } from "../../errors.ts";
import { bestPoint } from "../../runs/best.ts";
import type { Store } from "../../store/open-store.ts";
import type { RunRow } from "../../store/rows.ts";
import { checkpointFiles, checkpointFolder } from "../checkpoints.ts";

/** "best" has the lowest unseen/loss; a number is an epoch. */
export type CheckpointChoice = "last" | "best" | number;

export type ChosenCheckpoint = { readonly file: string; readonly step: number };
export type ChosenNetwork = { readonly run: RunRow; readonly checkpoint: ChosenCheckpoint };

/** Throws UserError where the run has no such checkpoint. */
export function chooseCheckpoint(store: Store, run: RunRow, choice: CheckpointChoice): ChosenCheckpoint {
  const kept = keptCheckpoints(store, run);
  const last = kept.at(-1);
  if (last === undefined)
    throw new UserError(
      `run ${run.id}: expected a checkpoint in ${checkpointFolder(store.folder, run.id)}, got none; train it on, or bring its files back`,
    );
  if (choice === "last") return last;
  return choice === "best" ? best(store, run, kept) : ofEpoch(run, kept, choice);
}

/** null where it is not kept. */
export function checkpointOfStep(store: Store, run: RunRow, step: number): ChosenCheckpoint | null {
  return keptCheckpoints(store, run).find((checkpoint) => checkpoint.step === step) ?? null;
}

/** Oldest first. */
function keptCheckpoints(store: Store, { id }: RunRow): ChosenCheckpoint[] {
  const files = checkpointFiles(checkpointFolder(store.folder, id));
  return files.map((file) => ({ file, step: Number(/(\d+)\.\w+$/.exec(file)![1]) }));
}

function best(store: Store, { id }: RunRow, kept: readonly ChosenCheckpoint[]): ChosenCheckpoint {
  const losses = store.series(id, "unseen/loss");
  const step = kept.map((checkpoint) => checkpoint.step);
  const value = step.map((at) => losses?.value[losses.step.indexOf(at)] ?? Number.NaN);
  const lowest = bestPoint({ step, value }, "lower");
  if (lowest === null)
    throw new UserError(
      `run ${id}: expected a checkpoint with an unseen/loss, got none of ${kept.length}; take its last one`,
    );
  return kept[step.indexOf(lowest.step)]!;
}

/** Of a checkpoint within an epoch to two places. */
export function epochOfStep(step: number, { stepsPerEpoch }: Pick<RunRow, "stepsPerEpoch">): number {
  return Number((step / stepsPerEpoch).toFixed(2));
}

function ofEpoch(run: RunRow, kept: readonly ChosenCheckpoint[], epoch: number): ChosenCheckpoint {
  const { id, stepsPerEpoch } = run;
  const found = kept.find(({ step }) => step === epoch * stepsPerEpoch);
  if (found !== undefined) return found;
  const epochs = kept.map(({ step }) => epochOfStep(step, run));
  throw new UserError(
    `run ${id}: expected a checkpoint of epoch ${epoch}, has those of ${epochs.length === 1 ? "epoch" : "epochs"} ${epochs.join(", ")}; checkpoint.keep says how many stay`,
  );
}
