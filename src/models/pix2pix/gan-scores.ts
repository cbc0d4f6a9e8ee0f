// How the game between the two networks stands, as MATLAB's GAN examples follow it ("Monitor GAN Training Progress").

import { add, mean, mul, type Scalar, sub } from "@tensorflow/tfjs-core";
import type { GanLoss } from "./gan-loss.ts";
import type { Judgement } from "./patch-discriminator.ts";

export type GanScores = {
  /** Mean probability that the discriminator gives generated patches of being real. */
  readonly G_score: Scalar;
  /** Mean probability that it gives the right answer, for real and generated patches alike. */
  readonly D_score: Scalar;
};

/** Both are 0.5 where neither network has the upper hand; 1 is a victory. Scales count alike, however many patches they have. */
export function ganScores(fake: readonly Judgement[], real: readonly Judgement[], gan: GanLoss): GanScores {
  const [ofFake, ofReal] = [fake, real].map((judgements) => {
    const means = judgements.map(({ logits }) => mean<Scalar>(gan.probability(logits)));
    return mul(
      means.reduce((a, b) => add(a, b)),
      1 / means.length,
    ) as Scalar;
  });
  return { G_score: ofFake!, D_score: mul(add(ofReal!, sub(1, ofFake!)), 0.5) };
}
