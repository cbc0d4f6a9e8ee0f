// Which pairs a study shows: test pairs of the networks, control pairs whose answer is plain, practice pairs. As Zhang, Isola,
// Efros 2016, "Colorful Image Colorization", section 3.1: a tenth of the pairs are controls, practice comes before. Every
// photograph is shown once, so that nobody sees an original twice. The same seed plans the same.

import { UserError } from "../errors.ts";
import { randomStream, shuffled } from "../random.ts";
import type { StudyPair, StudyQuestion } from "../store/study-rows.ts";

/** A pair before it has a name; `image` is a position among the photographs that the plan is made of. */
export type PlannedPair = Omit<StudyPair, "id" | "index"> & { readonly image: number };

export type Plan = {
  /** In the order in which they are shown. */
  readonly practice: readonly PlannedPair[];
  /** Test and control pairs in an order that says nothing. */
  readonly pairs: readonly PlannedPair[];
};

export type PlanOptions = {
  readonly question: StudyQuestion;
  /** How many networks. */
  readonly networks: number;
  /** Mean chroma of every photograph: controls need photographs with color. */
  readonly chroma: readonly number[];
  /** Test and control pairs. */
  readonly pairs: number;
  readonly seed: number;
};

/** Whether a practice pair shows a network's colors; the others are as plain as controls. */
const practices: Readonly<Record<StudyQuestion, readonly boolean[]>> = {
  real: [false, true, true, false, true, true],
  better: [false, false, false],
};

const controlShare = 0.1;

/** Throws UserError where there are too few photographs, or too few pairs for so many networks. */
export function planPairs({ question, networks, chroma, pairs, seed }: PlanOptions): Plan {
  const compared = comparisons(question, networks);
  const controls = Math.max(1, Math.round(controlShare * pairs));
  const tests = pairs - controls;
  if (tests < compared.length)
    throw new UserError(
      `judge: --pairs: expected at least one for each of ${compared.length} comparisons of ${networks} networks beside ${controls} for control, got ${pairs}`,
    );
  const practice = practices[question];
  const needed = pairs + practice.length;
  if (chroma.length < needed)
    throw new UserError(
      `judge: expected at least ${needed} photographs for ${pairs} pairs and ${practice.length} to practice with, got ${chroma.length}; give fewer --pairs, or another set with --on`,
    );
  const { plain, others } = chosenImages(
    chroma,
    controls + practice.filter((ofNetwork) => !ofNetwork).length,
    seed,
  );
  const control = (at: number): PlannedPair => ({
    image: plain.pop()!,
    network: null,
    against: null,
    place: placeAt(at),
  });
  const test = (at: number): PlannedPair => ({
    image: others.pop()!,
    ...compared[at % compared.length]!,
    // Each comparison has its sides in turn.
    place: placeAt(Math.floor(at / compared.length)),
  });
  const inTurn = Array.from({ length: tests }, (_, at) => test(at));
  const shown = Array.from(shuffled(tests, randomStream("judge", seed, "order")), (at) => inTurn[at]!);
  for (const [at, place] of placesOfControls(controls, pairs, seed).entries())
    shown.splice(place, 0, control(at));
  const sides = shuffled(practice.length, randomStream("judge", seed, "practice"));
  return {
    pairs: shown,
    practice: practice.map((ofNetwork, at) => ({
      ...(ofNetwork ? test(at) : control(at)),
      place: placeAt(sides[at]!),
    })),
  };
}

/** Ascending: one somewhere in each share of the pairs, so that attention is looked at from the beginning to the end. */
function placesOfControls(controls: number, pairs: number, seed: number): number[] {
  const stream = randomStream("judge", seed, "controls");
  const start = (control: number) => Math.floor((control * pairs) / controls);
  return Array.from(
    { length: controls },
    (_, control) => start(control) + stream.below(start(control + 1) - start(control)),
  );
}

/** What is judged against what: every network against the photographs, or against every other network. */
function comparisons(question: StudyQuestion, networks: number): Pick<PlannedPair, "network" | "against">[] {
  const numbers = Array.from({ length: networks }, (_, number) => number);
  if (question === "real") return numbers.map((network) => ({ network, against: null }));
  return numbers.flatMap((network) => numbers.slice(network + 1).map((against) => ({ network, against })));
}

/** Positions in seeded order: `count` for pairs whose answer is plain, out of the quarter with the most color, and the others. */
function chosenImages(chroma: readonly number[], count: number, seed: number) {
  const order = [...shuffled(chroma.length, randomStream("judge", seed, "images"))];
  const byChroma = [...chroma].sort((a, b) => b - a);
  const least = byChroma[Math.max(count, Math.ceil(chroma.length / 4)) - 1]!;
  const plain = order.filter((image) => chroma[image]! >= least).slice(0, count);
  return { plain, others: order.filter((image) => !plain.includes(image)) };
}

function placeAt(at: number): 0 | 1 {
  return at % 2 === 0 ? 0 : 1;
}
