// What people's answers to a study come to: how often each network's colors were taken for real, or found more natural, and
// how people did on the controls, whose answer is plain. Nobody's answers are left out: who fails the controls is marked.

import { bradleyTerry, type Strength } from "../statistics/bradley-terry.ts";
import { quantileOfSorted } from "../statistics/quantile.ts";
import { type Share, shareOf } from "../statistics/share-interval.ts";
import type { Judge, Study, StudyPair } from "../store/study-rows.ts";
import { rightPicture } from "./right-picture.ts";

export type PersonScore = {
  readonly id: string;
  readonly name: string;
  readonly controls: { readonly right: number; readonly of: number };
  /** Whether so many controls are wrong that the other answers may be guesses. */
  readonly isDoubtful: boolean;
  /** Of all answers, from when the pair came up. */
  readonly medianMs: number;
};

export type NetworkScore = {
  readonly number: number;
  /** Of the answers about it: taken for the photograph, or chosen. */
  readonly share: Share;
};

/** Who has fewer of the controls right is marked; who guesses has half of them. */
const leastControls = 0.75;

export function scorePeople(study: Study, judges: readonly Judge[]): PersonScore[] {
  const controls = study.pairs.filter(isControl);
  return judges.map((judge) => {
    const pictureOf = answersBy(judge);
    const right = controls.filter((pair) => pictureOf(pair) === rightPicture(study.question, pair)).length;
    const times = judge.judgements.map(({ ms }) => ms).sort((a, b) => a - b);
    return {
      id: judge.id,
      name: judge.name,
      controls: { right, of: controls.length },
      isDoubtful: right < leastControls * controls.length,
      medianMs: quantileOfSorted(times, 0.5),
    };
  });
}

/** Of all people's answers to the controls, those that are right. */
export function scoreControls(study: Study, judges: readonly Judge[]): Share {
  const controls = study.pairs.filter(isControl);
  return shareOf(
    answerRows(judges, controls, (pair, picture) => picture === rightPicture(study.question, pair)),
  );
}

export function scoreNetworks(study: Study, judges: readonly Judge[]): NetworkScore[] {
  return study.networks.map(({ number }) => {
    const about = study.pairs.filter(({ network, against }) => network === number || against === number);
    const rows = answerRows(judges, about, (pair, picture) => isFor(study, pair, number, picture));
    return { number, share: shareOf(rows) };
  });
}

/** In the order of the study's networks; null where they do not compare, or where one lost or won against all others. */
export function networkStrengths(study: Study, judges: readonly Judge[]): Strength[] | null {
  if (study.question !== "better") return null;
  const numbers = study.networks.map(({ number }) => number);
  const wins = numbers.map(() => numbers.map(() => 0));
  for (const judge of judges) {
    const pictureOf = answersBy(judge);
    for (const pair of study.pairs) {
      if (pair.network === null || pair.against === null) continue;
      const [a, b] = [numbers.indexOf(pair.network), numbers.indexOf(pair.against)];
      if (isFor(study, pair, pair.network, pictureOf(pair))) wins[a]![b]!++;
      else wins[b]![a]!++;
    }
  }
  return bradleyTerry(wins);
}

/** Share of the people whose answer to a pair speaks for its network: it was taken for real, or chosen. */
export function shareFor(study: Study, judges: readonly Judge[], pair: StudyPair): number {
  const answers = answerRows(judges, [pair], (_, picture) => isFor(study, pair, pair.network, picture));
  return answers.reduce((sum, [answer]) => sum + answer!, 0) / judges.length;
}

export function isControl({ network }: StudyPair): boolean {
  return network === null;
}

/** Whether pointing at a picture speaks for a network: at the other one as colored, or at its own as more natural. */
function isFor({ question }: Study, pair: StudyPair, number: number | null, picture: 0 | 1): boolean {
  const isOwn = (picture === pair.place) === (pair.network === number);
  return question === "real" ? !isOwn : isOwn;
}

function answerRows(
  judges: readonly Judge[],
  pairs: readonly StudyPair[],
  counts: (pair: StudyPair, picture: 0 | 1) => boolean,
): Float64Array[] {
  return judges.map((judge) => {
    const pictureOf = answersBy(judge);
    return Float64Array.from(pairs, (pair) => (counts(pair, pictureOf(pair)) ? 1 : 0));
  });
}

function answersBy({ id, judgements }: Judge): (pair: StudyPair) => 0 | 1 {
  const pictures = new Map(judgements.map(({ pair, picture }) => [pair, picture]));
  return (pair) => {
    const picture = pictures.get(pair.id);
    if (picture === undefined) throw new Error(`judge ${id} has no answer to pair ${pair.id}`);
    return picture;
  };
}
