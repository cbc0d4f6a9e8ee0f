import { meanOfRuns, type PairedValues } from "./paired-values.ts";

export type ImageWins = {
  /** Images on which a, or b, is better. */
  readonly a: number;
  readonly b: number;
  readonly ties: number;
  readonly images: number;
};

/** On how many images either side is better, by the mean of its runs. */
export function imageWins(blocks: readonly PairedValues[], better: "higher" | "lower"): ImageWins {
  const wins = { a: 0, b: 0, ties: 0, images: 0 };
  for (const block of blocks) {
    const [ofA, ofB] = [meanOfRuns(block.a), meanOfRuns(block.b)];
    for (let at = 0; at < ofA.length; at++) {
      const gain = better === "higher" ? ofA[at]! - ofB[at]! : ofB[at]! - ofA[at]!;
      wins[gain > 0 ? "a" : gain < 0 ? "b" : "ties"]++;
      wins.images++;
    }
  }
  return wins;
}
