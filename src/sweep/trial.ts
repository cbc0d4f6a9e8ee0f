// What a search and a pruner are told about trials. Both are pure: the same history gives the same answer in every process.

import { bestAt } from "../runs/best.ts";
import type { Better } from "../runs/series.ts";
import type { Goal, Parameters } from "./sweep.ts";

/** A value of the metric at the end of an epoch, counted from 1. NaN and infinities are welcome. */
export type CurvePoint = { readonly epoch: number; readonly value: number };

/**
 * complete: trained to its end. pruned: stopped by a pruner. running: being trained, or waiting to go on.
 * failed: ended by an error; the search does not look at it, and of the pruners those that halve still count the rungs it reached.
 */
export type TrialState = "running" | "complete" | "pruned" | "failed";

export type PastTrial = {
  /** From 0; of a sweep with seeds, every repeat has its own. */
  readonly number: number;
  readonly parameters: Parameters;
  readonly state: TrialState;
  /** Of a complete trial: what it is judged by; NaN where it diverged. null before. */
  readonly value: number | null;
  /** By rising epochs. */
  readonly curve: readonly CurvePoint[];
};

/** The direction that a goal asks for. */
export function betterFor(goal: Goal): Better {
  return goal === "minimize" ? "lower" : "higher";
}

/** What a trial is judged by: the best value of its curve, as W&B's search does it; NaN where there is none. */
export function bestValue(curve: readonly CurvePoint[], goal: Goal): number {
  const best = bestAt(
    curve.map(({ value }) => value),
    betterFor(goal),
  );
  return best === null ? Number.NaN : curve[best]!.value;
}

/**
 * The curve in a series of the store: its values at whole epochs. What was logged before the first step, when nothing
 * is learned yet, is left out.
 */
export function curveOf(
  series: { readonly step: ArrayLike<number>; readonly value: ArrayLike<number> },
  stepsPerEpoch: number,
): CurvePoint[] {
  return Array.from(series.step, (step, index) => ({
    epoch: step / stepsPerEpoch,
    value: series.value[index]!,
  })).filter(({ epoch }) => epoch > 0 && Number.isInteger(epoch));
}

/** The series that a metric's name means: `unseen.psnr` as well as `unseen/psnr`. */
export function seriesName(metric: string): string {
  return metric.replaceAll(".", "/");
}
