// Brings a store up to date with what is trained off this machine for as long as it is looked at, now and then: where the
// shared folders are slow or large, not more often than they can bear.

import { mergeShared } from "./merge-shared.ts";

const lookEveryMs = 1_000;
/** A look takes no more than this share of the time. */
const mostShare = 0.05;

/**
 * Gives a function that merges what is new, at most once a second. `warn` is told of every trouble once, however often it is
 * met.
 */
export function createSharedLook(runsFolder: string, warn: (line: string) => void): () => void {
  const told = new Set<string>();
  const warnOnce = (line: string) => {
    if (told.has(line)) return;
    told.add(line);
    warn(line);
  };
  let nextAt = 0;
  return () => {
    const began = performance.now();
    if (began < nextAt) return;
    mergeShared(runsFolder, { warn: warnOnce });
    const ended = performance.now();
    nextAt = ended + Math.max(lookEveryMs, (ended - began) / mostShare);
  };
}
