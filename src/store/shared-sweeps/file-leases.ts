// Which agent trains which trial of a sweep, across hosts, by files alone (decision 16): a claim and an end are files that
// are created once, and the server says who was first. Nothing is locked, and no host's clock is asked.

import { mkdirSync, renameSync, rmSync } from "node:fs";
import path from "node:path";
import { UserError } from "../../errors.ts";
import { processIsGone } from "../../process-identity.ts";
import { removeLeftovers } from "../../whole-file.ts";
import { deadAfterMs } from "../dead-runs.ts";
import type { TrialRow } from "../sweeps.ts";
import { isOpen, type NewTrial, type TrialEnding, type TrialLeases } from "../trial-leases.ts";
import { contentText, type ProgressContent } from "./attempt-content.ts";
import { type AttemptFile, attemptFile, type EndState } from "./attempt-files.ts";
import { createExclusively, linkExclusively, writeTemporary } from "./exclusive-file.ts";
import { isThere, modifiedAt, touch } from "./server-clock.ts";
import type { SharedTrial, TrialFiles } from "./trial-files.ts";

/** Of other agents' attempts so many are looked at for each claim: a thousand agents that look at all load the server. */
const looksPerClaim = 8;

/** Seldom, for the server's sake; six of them fit into the time after which a holder counts as gone. */
const heartbeatEveryMs = 10_000;

type Sources = {
  readonly folder: string;
  readonly files: TrialFiles;
  /** The server's, in milliseconds. */
  readonly serverNow: () => number;
  readonly newToken: () => string;
  /** Of the scheduler that started this process; null where none did. */
  readonly job: string | null;
};

type Held = { readonly attempt: number; epochs: number };

export type FileLeases = TrialLeases & {
  /** Of a trial that this process holds: which attempt at it that is, from 1. */
  attemptOf(trial: TrialRow): number;
  /** Whether the holder of a running trial was not heard of for so long that another may take it. */
  isGone(trial: SharedTrial): boolean;
};

export function createFileLeases({ folder, files, serverNow, newToken, job }: Sources): FileLeases {
  const held = new Map<string, Held>();
  const fileOf = (number: number, attempt: number, kind: AttemptFile["kind"]) =>
    attemptFile(folder, { number, attempt, kind });

  const isGone = ({ number, attempt }: SharedTrial) => {
    const token = files.claim(number, attempt)?.holder ?? null;
    if (token !== null && held.has(token)) return false;
    if (processIsGone(token)) return true;
    const file = fileOf(number, attempt, "claim");
    // The time first: a process that is stopped in between takes the holder for more alive than it is.
    const now = serverNow();
    const beat = modifiedAt(file);
    return beat === null ? !isThere(file) : beat < now - deadAfterMs;
  };

  /** Whether it is this call that ended the attempt. */
  const end = (number: number, attempt: number, state: EndState, error: string | null): boolean => {
    const file = fileOf(number, attempt, "end");
    const temporary = writeTemporary(file, contentText({ state, error }));
    try {
      if (!linkExclusively(temporary, file)) return false;
      linkExclusively(temporary, fileOf(number, attempt, state));
      return true;
    } finally {
      rmSync(temporary, { force: true });
    }
  };

  const take = (number: number, attempt: number, begun: NewTrial, runId: string | null): TrialRow | null => {
    const file = fileOf(number, attempt, "claim");
    const [holder, { parameters, seed }] = [newToken(), begun];
    // Looked for first: of a thousand agents that begin at once most need not write anything.
    const isTaken = modifiedAt(file) !== null;
    if (!isTaken) makeFolder(path.dirname(file));
    removeLeftovers(folder);
    const isOurs = !isTaken && createExclusively(file, contentText({ parameters, seed, holder, job, runId }));
    files.noteTaken(number, attempt);
    if (!isOurs) return null;
    held.set(holder, { attempt, epochs: 0 });
    return files.trial(number);
  };

  /** A claim that a power cut has torn does not say what it is of: then its number does. */
  const isKnown = ({ number, attempt }: SharedTrial) =>
    Array.from({ length: attempt }, (_, index) => index + 1).some(
      (each) => files.claim(number, each) !== null,
    );

  /** The held attempt of a trial, unless another process took it over. */
  const renewed = ({ number, holder }: TrialRow): Held | null => {
    const mine = held.get(holder ?? "");
    if (mine === undefined || isThere(fileOf(number, mine.attempt, "end"))) return null;
    return touch(fileOf(number, mine.attempt, "claim")) ? mine : null;
  };

  const writeProgress = (trial: TrialRow, mine: Held, content: Omit<ProgressContent, "epochs">) => {
    const file = fileOf(trial.number, mine.attempt, "progress");
    renameSync(writeTemporary(file, contentText({ ...content, epochs: mine.epochs })), file);
  };

  return {
    heartbeatEveryMs,
    isGone,
    claimTrial(_, { retries, next }) {
      for (;;) {
        files.look();
        let trials = files.trials();
        const running = trials.filter(({ state }) => state === "running");
        const gone = someOf(running, looksPerClaim).filter(isGone);
        for (const { number, attempt } of gone) end(number, attempt, "lost", null);
        if (gone.length > 0) {
          files.look();
          trials = files.trials();
        }
        const open = trials.find((trial) => isOpen(trial, retries));
        const number = open?.number ?? firstFree(trials);
        const begun = open && isKnown(open) ? open : next(trials.slice(0, number));
        if (begun === null && open !== undefined)
          throw new UserError(
            `${fileOf(number, 1, "claim")}: is damaged, and the sweep no longer has such a trial; remove it`,
          );
        if (begun === null) return trials.some(({ state }) => state === "running") ? "wait" : "done";
        const taken = take(number, (open?.attempt ?? 0) + 1, begun, open?.runId ?? null);
        if (taken !== null) return taken;
      }
    },
    attemptOf({ number, holder }) {
      const mine = held.get(holder ?? "");
      if (mine === undefined) throw new Error(`trial ${number} is not held by this process`);
      return mine.attempt;
    },
    renewTrial: (trial) => renewed(trial) !== null,
    setTrialRun(trial, runId) {
      const mine = renewed(trial);
      if (mine !== null && trial.runId !== runId) writeProgress(trial, mine, { runId, measured: null });
      return mine !== null;
    },
    progressTrial(trial, runId, measured) {
      const mine = renewed(trial);
      if (mine === null) return false;
      mine.epochs++;
      writeProgress(trial, mine, { runId, measured });
      return true;
    },
    endTrial({ number, holder }, { state, error }: TrialEnding) {
      const mine = held.get(holder ?? "");
      if (mine !== undefined) end(number, mine.attempt, state, error);
      held.delete(holder ?? "");
    },
  };
}

/** `count` of them, other ones each time; all where there are no more. */
function someOf<T>(all: readonly T[], count: number): readonly T[] {
  if (all.length <= count) return all;
  const from = Math.floor(Math.random() * all.length);
  return [...all.slice(from), ...all.slice(0, from)].slice(0, count);
}

/** For a hundred trials, not those above it: the folder of a sweep that was removed does not come back. */
function makeFolder(folder: string): void {
  try {
    mkdirSync(folder);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
  }
  removeLeftovers(folder);
}

function firstFree(trials: readonly TrialRow[]): number {
  const index = trials.findIndex((trial, at) => trial.number !== at);
  return index < 0 ? trials.length : index;
}
