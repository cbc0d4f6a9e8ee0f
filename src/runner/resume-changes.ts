// What changes in a run that goes on with other settings, for its record.

import type { Experiment } from "../experiment/experiment.ts";
import { differingPaths, flatSettings } from "../experiment/flat-settings.ts";
import { learningRateFactor } from "./learning-rate.ts";

/** Of a run that goes on behind `fromStep` finished steps; null where nothing changes. */
export function changesOf(
  before: Experiment,
  after: Experiment,
  fromStep: number,
  stepsPerEpoch: number,
): string | null {
  const [old, now] = [flatSettings(before), flatSettings(after)];
  const changed = differingPaths([old, now]);
  if (changed.length === 0) return null;
  const words = changed.map(
    (path) => `${path} ${old.get(path) ?? "nothing"} -> ${now.get(path) ?? "nothing"}`,
  );
  return `from step ${fromStep + 1} on: ${words.join(", ")}${jumpOf(before, after, fromStep, stepsPerEpoch)}`;
}

/** A schedule counts all epochs: with more of them the learning rate is that of another curve. */
function jumpOf(before: Experiment, after: Experiment, fromStep: number, stepsPerEpoch: number): string {
  if (fromStep === 0) return "";
  const rateOf = ({ train }: Experiment, step: number) =>
    train.optimizer.learning_rate *
    learningRateFactor(train.schedule, { step, stepsPerEpoch, epochs: train.epochs });
  const [last, next, expected] = [
    rateOf(before, fromStep - 1),
    rateOf(after, fromStep),
    rateOf(before, Math.min(fromStep, before.train.epochs * stepsPerEpoch - 1)),
  ];
  if (Math.abs(next - expected) <= 1e-9 * expected) return "";
  return `; the learning rate goes from ${last.toPrecision(3)} to ${next.toPrecision(3)}, as the schedule ${after.train.schedule.kind} counts all epochs`;
}
