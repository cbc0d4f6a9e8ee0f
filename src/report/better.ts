// Which of several values is the best one. Used by the page's script too: it needs nothing of Node.

import { bestAt, rankOf as rank } from "../runs/best.ts";
import type { Better as Direction } from "../runs/series.ts";

/** one is the nearest to 1; null says nothing, and marks no best value. */
export type Better = "lower" | "higher" | "one" | null;

export function betterOf(direction: Direction): Better {
  return direction === "none" ? null : direction;
}

export function betterWords(better: Better): string {
  if (better === null) return "";
  return { lower: "less is better", higher: "more is better", one: "best near 1" }[better];
}

/** What ranks a value: less is better. Where nothing is better it is the highest that comes first. */
export function rankOf(value: number, better: Better): number {
  return rank(value, better ?? "higher");
}

/** The best finite value of a column; null where fewer than two runs have one. */
export function bestOf(values: readonly (number | null)[], better: Better): number | null {
  const results = values.filter((value) => value !== null && Number.isFinite(value));
  const best = results.length < 2 ? null : bestAt(values, better ?? "none");
  return best === null ? null : values[best]!;
}
