import { pairIds } from "../../src/judge/pair-ids.ts";
import type { Judge, Study, StudyPair, StudyQuestion } from "../../src/store/study-rows.ts";

/** A study of as many networks as its pairs name. */
export function studyOf(question: StudyQuestion, pairs: readonly Omit<StudyPair, "id" | "index">[]): Study {
  const numbers = pairs.flatMap(({ network, against }) => [network, against].filter((each) => each !== null));
  const ids = pairIds(pairs.length);
  return {
    id: "study1",
    question,
    set: "unseen",
    fingerprint: "f".repeat(64),
    seed: 1,
    shownMs: 1000,
    createdAt: 0,
    networks: [...new Set(numbers)]
      .sort()
      .map((number) => ({ number, runId: `run${number}`, step: 2, runName: `net ${number}`, epoch: 1 })),
    pairs: pairs.map((pair, at) => ({ ...pair, id: ids[at]!, index: at })),
    pairsMade: pairs.length,
  };
}

/** `pictures` are the answers to the pairs in their order. */
export function judgeOf(id: string, pictures: readonly (0 | 1)[]): Judge {
  const ids = pairIds(pictures.length);
  const judgements = pictures.map((picture, at) => ({ pair: ids[at]!, picture, ms: 100 * (at + 1) }));
  return { id, name: "", judgements };
}
