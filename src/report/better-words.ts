// Which way a value is better, as heads of columns say it.

import type { Better } from "../runs/series.ts";

const words = {
  lower: "less is better",
  higher: "more is better",
  one: "best near 1",
  none: "",
} as const satisfies Record<Better, string>;

/** Empty where there is nothing to say. */
export function betterWords(better: Better): string {
  return words[better];
}
