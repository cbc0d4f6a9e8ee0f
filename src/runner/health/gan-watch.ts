// Says when one network of a GAN has won and the other learns nothing from it any more: its score, averaged over a window
// of steps, is near 1. docs/networks.md says what the scores are.

import { createEpisode } from "./episode.ts";
import type { Values, Warning } from "./warning.ts";

/** Steps over which scores are averaged; before that many nothing is said. */
export const windowSteps = 200;

export const scoreSeries = { discriminator: "train/D_score", generator: "train/G_score" } as const;

type Victory = {
  readonly winner: keyof typeof scoreSeries;
  /** It has won from here on, and the game is open again below `until`. */
  readonly from: number;
  readonly until: number;
  readonly advice: string;
};

/** Where the discriminator's score is 0.95, the generator's is 0.1 at most. */
const victories: readonly Victory[] = [
  { winner: "discriminator", from: 0.95, until: 0.9, advice: "a smaller" },
  { winner: "generator", from: 0.9, until: 0.8, advice: "a larger" },
];

/** To call after every step with its values by series; those of other networks are passed over. */
export type StepWatch = (step: number, values: Values) => Warning[];

export function createGanWatch(): StepWatch {
  const watches = victories.map(createVictoryWatch);
  return (step, values) => watches.flatMap((watch) => watch(step, values));
}

function createVictoryWatch({ winner, from, until, advice }: Victory): StepWatch {
  const series = scoreSeries[winner];
  const window = new Float64Array(windowSteps);
  const hasBegun = createEpisode(1);
  let count = 0;
  return (step, values) => {
    const score = values[series];
    if (score === undefined) return [];
    window[count++ % windowSteps] = score;
    if (count < windowSteps) return [];
    // Summed anew each time, so that rounding errors do not add up.
    const mean = window.reduce((sum, each) => sum + each, 0) / windowSteps;
    if (!hasBegun(mean >= from, mean >= until)) return [];
    const message = `the ${winner} has won: the mean of ${series} is ${mean.toFixed(2)} over steps ${step - windowSteps + 1} to ${step}, where 0.5 is even; ${advice} train.discriminator_optimizer.learning_rate often helps`;
    return [{ kind: `${winner}-won`, message }];
  };
}
