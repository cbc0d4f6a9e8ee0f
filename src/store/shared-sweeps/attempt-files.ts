// The files of a sweep on a shared disk, by name: <sweep>/<hundred>/<trial>.<attempt>.<kind>, a folder for a hundred trials.
//   claim      created once, by whoever trains the trial; its mtime is the heartbeat
//   progress   what that attempt has logged so far, renamed into place after every epoch
//   end        created once, by the holder or by one who gave it up: how the attempt ended. Only once it is there it
//              has <trial>.<attempt>.<state> as a second name: a listing says how trials stand, and nothing need be read

import path from "node:path";
import type { TrialRowState } from "../sweeps.ts";

/** How an attempt ended; `lost` is that of a process that was not heard of any more. */
export type EndState = Exclude<TrialRowState, "running"> | "lost";

const endStates: readonly EndState[] = ["waiting", "complete", "pruned", "diverged", "failed", "lost"];

export type AttemptFile = {
  readonly number: number;
  /** From 1. */
  readonly attempt: number;
  readonly kind: "claim" | "progress" | "end" | EndState;
};

const namePattern = new RegExp(
  `^(\\d{6,15})\\.([1-9]\\d{0,8})\\.(claim|progress|end|${endStates.join("|")})$`,
);

export const trialsPerFolder = 100;

/** null for what is none of ours. */
export function attemptFileOf(name: string): AttemptFile | null {
  const [, number, attempt, kind] = namePattern.exec(name) ?? [];
  if (kind === undefined) return null;
  return { number: Number(number), attempt: Number(attempt), kind: kind as AttemptFile["kind"] };
}

export function attemptFile(sweepFolder: string, { number, attempt, kind }: AttemptFile): string {
  return path.join(
    hundredFolder(sweepFolder, Math.floor(number / trialsPerFolder)),
    `${String(number).padStart(6, "0")}.${attempt}.${kind}`,
  );
}

export function hundredFolder(sweepFolder: string, hundred: number): string {
  return path.join(sweepFolder, String(hundred).padStart(4, "0"));
}

/** Whether a name in the folder of a sweep is that of a folder for a hundred trials. */
export function isHundredFolder(name: string): boolean {
  return /^\d{4,}$/.test(name);
}

export function isEndState(kind: unknown): kind is EndState {
  return endStates.includes(kind as EndState);
}
