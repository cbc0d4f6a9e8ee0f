// Long loops over pixels let signals and timers have their turn, and end where someone has asked for it.

import { setImmediate as breathe } from "node:timers/promises";

/** Called after every row, or now and then, with the pixels of a row. */
export type Pause = (row: number, width: number) => Promise<void> | undefined;

const pixelsBetween = 1e6;

export function pauseOf(signal: AbortSignal): Pause {
  let next = pixelsBetween;
  return (row, width) => {
    if (row === 0) next = pixelsBetween;
    if ((row + 1) * width < next) return undefined;
    next = (row + 1) * width + pixelsBetween;
    return breathe().then(() => signal.throwIfAborted());
  };
}
