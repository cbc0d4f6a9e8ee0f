// Answers of one person into the store, whole or not at all, by whichever way they came.

import { UserError } from "../errors.ts";
import type { Judge, Study } from "../store/study-rows.ts";
import { answersTo, readAnswers } from "./read-answers.ts";

/** Of the store. */
export type StudyStore = {
  readonly folder: string;
  study(id: string): Study | undefined;
  saveJudge(studyId: string, judge: Judge): boolean;
};

export type Taken = {
  readonly study: Study;
  /** false where they were there before. */
  readonly isNew: boolean;
  /** Answers about pairs that are gone, as a network of theirs was purged. */
  readonly leftOut: number;
};

/** `source` is for messages. Throws UserError. */
export function takeAnswers(text: string, source: string, store: StudyStore): Taken {
  const given = readAnswers(text, source);
  const study = store.study(given.study);
  if (study === undefined)
    throw new UserError(
      `${source}: study ${given.study} is not in ${store.folder}; name its folder with --runs`,
    );
  const { answers, leftOut } = answersTo(study, given, source);
  try {
    return { study, isNew: store.saveJudge(study.id, answers), leftOut };
  } catch (thrown) {
    if (!(thrown instanceof UserError)) throw thrown;
    throw new UserError(`${source}: ${thrown.message}`);
  }
}
