// A share that several people's answers about the same images make up. Answers of one person hang together, and so do answers
// about one image: the pigeonhole bootstrap (Owen 2007) draws people and images. It knows nothing of chance where all answers
// are alike, or few are not; Wilson's interval, over all answers as if they had nothing to do with one another, does. Each end
// is that of the wider one.

import type { Interval } from "./interval.ts";
import { meanDifference } from "./mean-difference.ts";
import { wilsonInterval } from "./wilson-interval.ts";

export type Share = Interval & {
  readonly share: number;
  /** Answers that count, and all of them. */
  readonly count: number;
  readonly of: number;
};

/** `answers` has a row for every person: 0 or 1 for each image, all in the same order of images. */
export function shareOf(answers: readonly Float64Array[]): Share {
  const images = answers[0]?.length ?? 0;
  const of = answers.length * images;
  const count = answers.reduce((sum, row) => sum + row.reduce((inner, value) => inner + value, 0), 0);
  const wilson = wilsonInterval(count, of);
  const share = { share: of === 0 ? Number.NaN : count / of, count, of };
  // Of one person nothing can be said about others: the images alone are drawn, which is what Wilson's assumes.
  if (answers.length < 2 || images === 0) return { ...share, ...wilson };
  const drawn = meanDifference([{ a: answers, b: [new Float64Array(images)] }]);
  return { ...share, low: Math.min(wilson.low, drawn.low), high: Math.max(wilson.high, drawn.high) };
}
