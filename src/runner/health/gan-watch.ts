// Says when one network of a GAN has won and the other learns nothing from it any more: its score, averaged over a window
// of steps, is near 1. Said once; again only after the game was open in between.

import type { Warning } from "./warning.ts";

/** Steps over which scores are averaged; before that many nothing is said. */
export const windowSteps = 200;

type Victory = {
  readonly score: "D_score" | "G_score";
  readonly winner: string;
  /** It has won from here on, and the game is open again below `until`. */
  readonly from: number;
  readonly until: number;
  readonly advice: string;
};

const rate = "train.discriminator_optimizer.learning_rate";
/** Where D_score is 0.95, generated patches have at most 0.1; the generator has won where they have 0.9. */
const victories: readonly Victory[] = [
  {
    score: "D_score",
    winner: "discriminator",
    from: 0.95,
    until: 0.9,
    advice: `a smaller ${rate} often helps`,
  },
  { score: "G_score", winner: "generator", from: 0.9, until: 0.8, advice: `a larger ${rate} often helps` },
];

export type GanWatch = {
  /** To call after every step with its losses; those of other models are passed over. */
  step(step: number, losses: Readonly<Record<string, number>>): Warning[];
};

export function createGanWatch(): GanWatch {
  const watches = victories.map(createVictoryWatch);
  return { step: (step, losses) => watches.flatMap((watch) => watch(step, losses)) };
}

function createVictoryWatch({ score, winner, from, until, advice }: Victory): GanWatch["step"] {
  const window = new Float64Array(windowSteps);
  let count = 0;
  let hasWon = false;
  return (step, losses) => {
    const value = losses[score];
    if (value === undefined) return [];
    window[count++ % windowSteps] = value;
    if (count < windowSteps) return [];
    // Summed anew, so that rounding does not depend on what came before.
    const mean = window.reduce((sum, each) => sum + each, 0) / windowSteps;
    const hadWon = hasWon;
    hasWon = mean >= (hadWon ? until : from);
    if (hadWon || !hasWon) return [];
    const steps = `steps ${step - windowSteps + 1} to ${step}`;
    return [
      {
        kind: `${winner}-won`,
        message: `the ${winner} has won: mean ${score} of ${steps} is ${mean.toFixed(2)}, where 0.5 is even; ${advice}`,
      },
    ];
  };
}
