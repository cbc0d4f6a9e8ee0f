// Whether one configuration is better than another beyond chance, on the images that both were measured on: mean difference,
// its interval and p-value over images and seeds, on how many images which is better. The one answer for terminal, JSON and
// pages. What does not compare (src/runs/comparable.ts) is not compared, and why is said.

import { rankOf } from "../../../runs/best.ts";
import { differenceOf, differenceWords } from "../../../runs/comparable.ts";
import { countedOf, hasDiverged } from "../../../runs/divergence.ts";
import { plural } from "../../../runs/format/words.ts";
import type { SeriesSpec } from "../../../runs/series.ts";
import { holm } from "../../../statistics/holm.ts";
import { type ImageWins, imageWins } from "../../../statistics/image-wins.ts";
import { confidence, type Interval } from "../../../statistics/interval.ts";
import { fewestImages, meanDifference } from "../../../statistics/mean-difference.ts";
import type { PairedValues } from "../../../statistics/paired-values.ts";
import type { ImageValues } from "../../../store/read-image-values.ts";
import { comparedMetrics } from "../../../store/read-metrics.ts";
import type { PageContext } from "../../page-context.ts";
import { haveSameUnseen, testSetsOf } from "../../test-sets.ts";
import { type Matched, matchImages } from "./match-images.ts";

/** What is compared: a configuration with its seeds, or a run. */
export type Side = {
  readonly label: string;
  /** Of its runs that were compared. */
  readonly seeds: number;
  /** At which they were measured, each once. */
  readonly epochs: readonly number[];
};

export type Difference = Interval & {
  /** Name of the images, such as "portraits". */
  readonly on: string;
  readonly metric: Pick<SeriesSpec, "name" | "title" | "unit"> & { readonly better: "higher" | "lower" };
  /** The one whose mean is better comes first. */
  readonly sides: readonly [Side, Side];
  /** Mean of the first less mean of the second, in the metric's unit, as are `low` and `high`, its 95 % interval. */
  readonly difference: number;
  readonly p: number;
  /** `p` among all comparisons by this metric, `comparisons` of them (Holm). */
  readonly adjustedP: number;
  readonly comparisons: number;
  /** Whether it is more than chance among all of them. */
  readonly isClear: boolean;
  /** `a` is the first side. */
  readonly wins: ImageWins;
  /** Images that not all runs of both sides have a finite value of; they are left out. */
  readonly leftOut: number;
};

export type Differences = {
  readonly found: readonly Difference[];
  /** A line for each that was not compared. */
  readonly notCompared: readonly string[];
};

/** Of more, every pair would be no answer that one could read. */
const mostSides = 6;

type MeasuredSide = Pick<Side, "label"> & { readonly runs: readonly (readonly NamedValues[])[] };

type NamedValues = ImageValues & { readonly on: string };

/** null where there are no two sides with values of images. */
export function differences({ runs, names, groups, sweep }: PageContext): Differences | null {
  const complete =
    sweep && new Set(sweep.trials.filter(({ state }) => state === "complete").map(({ runId }) => runId));
  const setsOf = testSetsOf(runs);
  const isOneSet = haveSameUnseen(runs);
  const valuesOf = (at: number): NamedValues[] =>
    setsOf(runs[at]!).flatMap(({ set, images, name }) =>
      runs[at]!.imageValues.filter((values) => values.spec.set === set && values.images === images).map(
        (values) => ({ ...values, on: isOneSet && set === "unseen" ? set : name }),
      ),
    );
  // Runs of one configuration are compared with each other: so much does a seed change.
  const sides = groups.length > 1 ? groups : runs.map((_, at) => ({ label: names[at]!, runs: [at] }));
  const measured = sides.flatMap(({ label, runs: members }): MeasuredSide[] => {
    const bySeed = new Map<number, readonly NamedValues[]>();
    for (const at of countedOf(members, (at) => hasDiverged(runs[at]!.run)).counted) {
      if (complete !== null && !complete.has(runs[at]!.run.id)) continue;
      const values = valuesOf(at);
      // Trained twice with one seed it says nothing about other seeds: the run that is named last counts.
      if (values.length > 0) bySeed.set(runs[at]!.run.experiment.seed, values);
    }
    return bySeed.size === 0 ? [] : [{ label, runs: [...bySeed.values()] }];
  });
  if (measured.length < 2) return null;
  if (measured.length > mostSides && sweep !== null) return null;
  if (measured.length > mostSides)
    return {
      found: [],
      notCompared: [
        `${plural(measured.length, "configuration")} are too many to compare each with each; name ${mostSides} or fewer.`,
      ],
    };
  const all = comparedMetrics.map((metric) => differencesBy(metric, measured));
  const found = all.flatMap(({ found }) => found);
  const notCompared = [...new Set(all.flatMap(({ notCompared }) => notCompared))];
  return found.length + notCompared.length === 0 ? null : { found, notCompared };
}

function differencesBy(metric: string, sides: readonly MeasuredSide[]): Differences {
  const sets = new Set(sides.flatMap(({ runs }) => runs.flat().map(({ on }) => on)));
  const found: Difference[] = [];
  const notCompared: string[] = [];
  for (const on of sets) {
    const having = sides.flatMap(({ label, runs }) => {
      const values = runs.flatMap(
        (run) => run.find((each) => each.on === on && each.spec.name === metric) ?? [],
      );
      return values.length === 0 ? [] : [{ label, values }];
    });
    for (const [at, first] of having.entries())
      for (const second of having.slice(at + 1)) {
        const compared = compare(on, first, second);
        if (typeof compared === "string")
          notCompared.push(`${first.label} and ${second.label} are not compared on ${on}: ${compared}.`);
        else found.push(compared);
      }
  }
  return { found: amongAll(found), notCompared };
}

/** The same comparisons, each judged among all of them. */
export function amongAll(found: readonly Difference[]): Difference[] {
  const adjusted = holm(found.map(({ p }) => p));
  return found.map((each, at) => ({
    ...each,
    adjustedP: adjusted[at]!,
    comparisons: found.length,
    isClear: adjusted[at]! <= 1 - confidence,
  }));
}

type OneSide = { readonly label: string; readonly values: readonly ImageValues[] };

/** Why not, where they do not compare; not yet among others. */
function compare(on: string, ...sides: readonly [OneSide, OneSide]): Difference | string {
  const all = sides.flatMap(({ values }) => values);
  const { name, title, unit, better } = all[0]!.spec;
  if (better !== "higher" && better !== "lower") throw new Error(`${name}: no metric to compare by`);
  const matched = matchImages(sides[0].values, sides[1].values);
  const origins = all.map(({ spec, images }) => ({ spec, images }));
  // Every seed may have images of its own: what is paired is of the same images.
  const difference = differenceOf(
    matched.length === 0 ? origins : origins.map(({ spec }) => ({ spec, images: on })),
  );
  if (difference !== null) return differenceWords(difference, origins);
  const fewest = Math.min(...matched.map(({ count }) => count));
  if (fewest < fewestImages) return tooFewWords(fewest);
  return differenceBetween({
    on,
    metric: { name, title, unit, better },
    sides: [sideOf(sides[0], matched, "a"), sideOf(sides[1], matched, "b")],
    blocks: matched.map(({ values }) => values),
    leftOut: matched.reduce((sum, { leftOut }) => sum + leftOut, 0),
  });
}

export function tooFewWords(images: number): string {
  return `too few images in common to tell a difference from chance (${images}; ${fewestImages} are needed)`;
}

type Compared = Pick<Difference, "on" | "metric" | "sides" | "leftOut"> & {
  /** `a` is the first side. */
  readonly blocks: readonly PairedValues[];
};

/** The better side comes first, whichever was. Not yet among others. */
export function differenceBetween({ on, metric, sides, blocks, leftOut }: Compared): Difference {
  const { difference: ofFirst, low, high, p } = meanDifference(blocks);
  const { better } = metric;
  const isSwapped = rankOf(ofFirst, better) > 0;
  return {
    on,
    metric,
    sides: isSwapped ? [sides[1], sides[0]] : sides,
    difference: isSwapped ? -ofFirst : ofFirst,
    low: isSwapped ? -high : low,
    high: isSwapped ? -low : high,
    p,
    adjustedP: p,
    comparisons: 1,
    isClear: false,
    wins: imageWins(isSwapped ? blocks.map(swapped) : blocks, better),
    leftOut,
  };
}

function sideOf({ label, values }: OneSide, matched: readonly Matched[], side: "a" | "b"): Side {
  const used = values.filter(({ images }) => matched.some((block) => block.images === images));
  const seeds = matched.reduce((sum, block) => sum + block.values[side].length, 0);
  return { label, seeds, epochs: [...new Set(used.map(({ epoch }) => epoch))].sort((a, b) => a - b) };
}

function swapped({ a, b }: PairedValues): PairedValues {
  return { a: b, b: a };
}
