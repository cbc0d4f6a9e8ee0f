// Answers of one person into the store, whole or not at all, by whichever way they came.

import { UserError } from "../errors.ts";
import type { Judge, SavedJudge, Study } from "../store/study-rows.ts";
import { readAnswers, requireAnswers } from "./read-answers.ts";

/** Of the store. */
export type StudyStore = {
  readonly folder: string;
  study(id: string): Study | undefined;
  saveJudge(studyId: string, judge: Judge): SavedJudge;
};

export type Taken = SavedJudge & {
  /** Id of the study. */
  readonly study: string;
  /** How many answers came. */
  readonly given: number;
};

/** `source` is for messages. Throws UserError. */
export function takeAnswers(text: string, source: string, store: StudyStore): Taken {
  const answers = readAnswers(text, source);
  const study = store.study(answers.study);
  if (study === undefined)
    throw new UserError(
      `${source}: study ${answers.study} is not in ${store.folder}; name its folder with --runs`,
    );
  requireAnswers(study, answers, source);
  try {
    // A purge may take pairs, or the study, between these two.
    return { study: study.id, given: answers.judgements.length, ...store.saveJudge(study.id, answers) };
  } catch (thrown) {
    if (!(thrown instanceof UserError)) throw thrown;
    throw new UserError(`${source}: ${thrown.message}`);
  }
}
