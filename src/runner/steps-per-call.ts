// How many steps one call of the engine runs. Each call copies the state in and out, and nothing else happens in the
// process meanwhile: signals, the progress bar and the heartbeat wait for its end.

import { sizeOf, type TensorSpecs } from "../training-step.ts";

const shortestMs = 400;
const mostSteps = 32;
/** A call should take this long for each MiB of state, several times what copying it takes. */
const msPerMiB = 5;

/** `count` steps of the last call took `tookMs`. */
export function stepsOfNextCall(count: number, tookMs: number, state: TensorSpecs): number {
  const bytes = Object.values(state).reduce((sum, { shape }) => sum + 4 * sizeOf(shape), 0);
  const callMs = Math.max(shortestMs, (bytes / 2 ** 20) * msPerMiB);
  return Math.max(1, Math.min(mostSteps, Math.round((count * callMs) / tookMs)));
}
