// Which of several values is the best one. Used by the page's script too: it needs nothing of Node.

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
  if (better === "lower") return value;
  return better === "one" ? Math.abs(value - 1) : -value;
}

/** The best finite value of a column; null where fewer than two runs have one. */
export function bestOf(values: readonly (number | null)[], better: Better): number | null {
  const finite = values.filter((value): value is number => value !== null && Number.isFinite(value));
  if (better === null || finite.length < 2) return null;
  return finite.reduce((best, value) => (rankOf(value, better) < rankOf(best, better) ? value : best));
}
