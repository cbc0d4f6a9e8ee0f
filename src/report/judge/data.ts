// What a judge page holds for its script. Nothing in it says whose a picture of a pair is, but of practice pairs.

import type { StudyQuestion } from "../../store/study-rows.ts";

export type JudgePageData = StudyPictures & {
  /** Where answers are sent at the end; null for a file, which sends nothing. */
  readonly sendTo: string | null;
};

/** The pairs of a study, as its pages show them. */
export type StudyPictures = {
  readonly study: string;
  readonly question: StudyQuestion;
  /** How long a pair is shown; null is until it is answered. */
  readonly shownMs: number | null;
  readonly practice: readonly PracticeData[];
  readonly pairs: readonly PairData[];
};

/** Two pictures of one photograph: base64 of WebP. */
type Pictures = { readonly pictures: readonly [string, string] };

export type PairData = Pictures & { readonly id: string };

/** `answer` is the place of the picture to point at. */
export type PracticeData = Pictures & { readonly answer: 0 | 1 };
