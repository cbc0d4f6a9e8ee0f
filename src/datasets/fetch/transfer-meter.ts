// Shows how far a long transfer is: a bar with the amount and the rate of the last seconds.

import type { Output } from "../../output.ts";
import { formatBytes } from "../../runs/format/sizes.ts";

const showEveryMs = 100;
const rateOverMs = 10_000;

export type Meter = {
  /** `done` of the total so far. */
  update(done: number): void;
  stop(): void;
};

export function startMeter(output: Output, title: string, total: number, now: () => number): Meter {
  const bar = output.progress(total);
  const seen: { readonly at: number; readonly done: number }[] = [];
  let shownAt = Number.NEGATIVE_INFINITY;
  return {
    update(done) {
      const at = now();
      if (at - shownAt < showEveryMs && done < total) return;
      shownAt = at;
      // A download that begins anew goes back.
      if (done < (seen.at(-1)?.done ?? 0)) seen.length = 0;
      seen.push({ at, done });
      while (seen.length > 2 && at - seen[0]!.at > rateOverMs) seen.shift();
      const elapsedMs = at - seen[0]!.at;
      const rate = elapsedMs > 0 ? ((done - seen[0]!.done) / elapsedMs) * 1000 : 0;
      const rateText = rate > 0 ? `  ${formatBytes(rate)}/s` : "";
      bar.update(done, `${title}  ${formatBytes(done)} of ${formatBytes(total)}${rateText}`);
    },
    stop: () => bar.stop(),
  };
}
