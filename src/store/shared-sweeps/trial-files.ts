// How the trials of a shared sweep stand, read off its folder. A process remembers what can no longer change: a hundred
// trials that are all done are never listed again, and a file that is never written again is read once.

import { namesIfThere } from "../../folder-names.ts";
import type { TrialRow } from "../sweeps.ts";
import { mostDeaths, tooManyDeaths } from "../trial-leases.ts";
import {
  type ClaimContent,
  type ProgressContent,
  readClaim,
  readError,
  readProgress,
} from "./attempt-content.ts";
import {
  type AttemptFile,
  attemptFile,
  attemptFileOf,
  type EndState,
  hundredFolder,
  isEndState,
  isHundredFolder,
  trialsPerFolder,
} from "./attempt-files.ts";
import { readObject } from "./exclusive-file.ts";

/** A trial whose parameters, run and error are read when they are asked for. */
export type SharedTrial = TrialRow & {
  /** Its newest one, from 1. */
  readonly attempt: number;
  /** The job of its newest attempt; null outside of a scheduler. */
  readonly job: string | null;
};

export type TrialFiles = {
  /** Lists what may have changed. */
  look(): void;
  /** As the last look left them, by rising number. */
  trials(): readonly SharedTrial[];
  /** One that was seen. */
  trial(number: number): SharedTrial;
  /** After a create that failed: the file is there, whatever a listing out of a client's memory says. */
  noteTaken(number: number, attempt: number): void;
  claim(number: number, attempt: number): ClaimContent | null;
  /** What was last logged in a run that some trial's `runId` gave. */
  progress(runId: string): ProgressContent | null;
};

/**
 * So many attempts at a trial may be missing from a listing before the next one. Nobody makes an attempt without those before
 * it: a name further off is somebody else's, and to look for all that it leaves out would take for ever.
 */
const mostUnseen = 100;

type Attempt = { readonly kinds: Set<AttemptFile["kind"]> };

export function createTrialFiles(sweepId: string, folder: string): TrialFiles {
  /** Number -> attempts from the first on. */
  const seen = new Map<number, Attempt[]>();
  const closed = new Set<number>();
  const claims = new Map<string, ClaimContent>();
  const progresses = new Map<string, ProgressContent>();
  const ends = new Map<string, EndState>();
  const byRun = new Map<string, ProgressContent>();
  /** As the names of their files have them: made anew where there is a name more. */
  const standing = new Map<number, SharedTrial>();

  const fileOf = (number: number, attempt: number, kind: AttemptFile["kind"]) =>
    attemptFile(folder, { number, attempt, kind });

  const note = ({ number, attempt, kind }: AttemptFile) => {
    const attempts = seen.get(number) ?? [];
    if (attempt > attempts.length + mostUnseen) return;
    while (attempts.length < attempt) attempts.push({ kinds: new Set() });
    const { kinds } = attempts[attempt - 1]!;
    if (kinds.has(kind)) return;
    kinds.add(kind);
    seen.set(number, attempts);
    standing.delete(number);
  };

  const claim = (number: number, attempt: number): ClaimContent | null => {
    const key = `${number}.${attempt}`;
    const known = claims.get(key);
    if (known !== undefined) return known;
    const read = readClaim(fileOf(number, attempt, "claim"));
    if (read !== null) claims.set(key, read);
    return read;
  };

  const progressOf = (number: number, attempt: number): ProgressContent | null => {
    const key = `${number}.${attempt}`;
    const known = progresses.get(key);
    if (known !== undefined) return known;
    const { kinds } = seen.get(number)![attempt - 1]!;
    // One who was overtaken may have written after its end: what it wrote at last does not count.
    const read = kinds.has("progress") ? readProgress(fileOf(number, attempt, "progress")) : null;
    if (read !== null && kinds.has("end")) progresses.set(key, read);
    return read;
  };

  const progress = (number: number): ProgressContent | null => {
    for (let attempt = seen.get(number)?.length ?? 0; attempt > 0; attempt--) {
      const found = progressOf(number, attempt);
      if (found === null) continue;
      byRun.set(found.runId, found);
      return found;
    }
    return null;
  };

  /** null while it goes on. */
  const endOf = (number: number, attempt: number): EndState | null => {
    const key = `${number}.${attempt}`;
    const known = ends.get(key);
    if (known !== undefined) return known;
    const { kinds } = seen.get(number)![attempt - 1]!;
    if (!kinds.has("end")) return attempt < seen.get(number)!.length ? "lost" : null;
    // Its second name is there once it counts; where it is not there yet the file itself says so.
    const named = [...kinds].find(isEndState) ?? readObject(fileOf(number, attempt, "end"))?.state;
    const end = isEndState(named) ? named : "lost";
    ends.set(key, end);
    return end;
  };

  const trialOf = (number: number): SharedTrial => {
    const known = standing.get(number);
    if (known !== undefined) return known;
    const trial = readTrial(number);
    standing.set(number, trial);
    return trial;
  };

  const readTrial = (number: number): SharedTrial => {
    const attempts = seen.get(number)!;
    let [failures, deaths] = [0, 0];
    let state: TrialRow["state"] = "running";
    let wasDoomed = false;
    for (let attempt = 1; attempt <= attempts.length; attempt++) {
      const end = endOf(number, attempt);
      wasDoomed = false;
      if (end === "lost") {
        deaths = ((progressOf(number, attempt)?.epochs ?? 0) > 0 ? 0 : deaths) + 1;
        wasDoomed = deaths >= mostDeaths;
        if (wasDoomed) [failures, deaths] = [failures + 1, 0];
        state = wasDoomed ? "failed" : "waiting";
      } else {
        state = end ?? "running";
        if (end === "failed") failures++;
        if (end === "waiting" && (progressOf(number, attempt)?.epochs ?? 0) > 0) deaths = 0;
      }
    }
    const last = attempts.length;
    const content = () => {
      for (let attempt = last; attempt > 0; attempt--) {
        const found = claim(number, attempt);
        if (found !== null) return found;
      }
      return null;
    };
    return {
      sweepId,
      number,
      attempt: last,
      state,
      failures,
      deaths,
      heartbeatAt: null,
      get parameters() {
        return content()?.parameters ?? {};
      },
      get seed() {
        return content()?.seed ?? null;
      },
      get runId() {
        return progress(number)?.runId ?? content()?.runId ?? null;
      },
      get holder() {
        return state === "running" ? (claim(number, last)?.holder ?? null) : null;
      },
      get job() {
        return claim(number, last)?.job ?? null;
      },
      get error() {
        if (wasDoomed) return tooManyDeaths;
        return state === "failed" || state === "diverged" ? readError(fileOf(number, last, "end")) : null;
      },
    };
  };

  const look = () => {
    for (const name of namesIfThere(folder)) {
      if (!isHundredFolder(name)) continue;
      const hundred = Number(name);
      if (closed.has(hundred)) continue;
      namesIfThere(hundredFolder(folder, hundred))
        .flatMap((each) => attemptFileOf(each) ?? [])
        .filter(({ number }) => Math.floor(number / trialsPerFolder) === hundred)
        .sort((a, b) => a.attempt - b.attempt)
        .forEach(note);
      const first = hundred * trialsPerFolder;
      const numbers = Array.from({ length: trialsPerFolder }, (_, index) => first + index);
      if (numbers.every((number) => seen.has(number) && isDone(trialOf(number)))) closed.add(hundred);
    }
  };

  return {
    look,
    trials: () => [...seen.keys()].sort((a, b) => a - b).map(trialOf),
    trial: trialOf,
    noteTaken: (number, attempt) => note({ number, attempt, kind: "claim" }),
    claim,
    progress: (runId) => byRun.get(runId) ?? null,
  };
}

function isDone({ state }: TrialRow): boolean {
  return state === "complete" || state === "pruned" || state === "diverged";
}
