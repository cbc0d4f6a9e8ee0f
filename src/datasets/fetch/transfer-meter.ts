// Shows how far a long transfer is: a bar with the amount and the rate of the last seconds.

import type { Output } from "../../output.ts";

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
      const rateText = rate > 0 ? `  ${sizeText(rate)}/s` : "";
      bar.update(done, `${title}  ${sizeText(done)} of ${sizeText(total)}${rateText}`);
    },
    stop: () => bar.stop(),
  };
}

/** Such as "778 MiB". */
export function sizeText(bytes: number): string {
  const units = ["KiB", "MiB", "GiB"];
  let value = bytes / 1024;
  let unit = 0;
  for (; value >= 1023.5 && unit < 2; unit++) value /= 1024;
  return bytes < 1024 ? `${Math.round(bytes)} B` : `${value.toFixed(value < 10 ? 1 : 0)} ${units[unit]}`;
}
