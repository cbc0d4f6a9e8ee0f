// How many steps one call of the engine runs. Each call copies the state, and a signal waits for its end.

import { sizeOf, type TensorSpecs } from "../training-step.ts";

const [shortestMs, longestMs] = [400, 10_000];
const mostSteps = 64;
/** A call should take this long for each MiB of state: about twenty times what copying it takes. */
const msPerMiB = 16;

/** `count` steps of the last call took `tookMs`. */
export function stepsOfNextCall(count: number, tookMs: number, state: TensorSpecs): number {
  const bytes = Object.values(state).reduce((sum, { shape }) => sum + 4 * sizeOf(shape), 0);
  const callMs = Math.min(longestMs, Math.max(shortestMs, (bytes / 2 ** 20) * msPerMiB));
  return Math.max(1, Math.min(mostSteps, Math.round((count * callMs) / tookMs)));
}
