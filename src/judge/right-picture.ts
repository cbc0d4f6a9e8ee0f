import type { StudyPair, StudyQuestion } from "../store/study-rows.ts";

/**
 * Which picture of a pair with a photograph is the answer: the colored one where that is asked for, the photograph where the
 * more natural one is.
 */
export function rightPicture(question: StudyQuestion, { place }: Pick<StudyPair, "place">): 0 | 1 {
  if (question === "real") return place;
  return place === 0 ? 1 : 0;
}
