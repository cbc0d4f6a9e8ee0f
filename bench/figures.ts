// Figures that were measured in several rounds, as the rows of a table.

import { quantileOfSorted } from "../src/statistics/quantile.ts";

export type Figure = {
  readonly what: string;
  readonly unit: string;
  readonly bar: string;
  readonly values: number[];
};

export const figureColumns = ["", "median", "unit", "smallest - largest", "rounds", "bar"];

export function rowOf({ what, unit, bar, values }: Figure): string[] {
  const sorted = [...values].sort((a, b) => a - b);
  const shown = (value: number) => value.toLocaleString("en", { maximumFractionDigits: value < 100 ? 1 : 0 });
  const [low, median, high] = [0, 0.5, 1].map((share) => shown(quantileOfSorted(sorted, share)));
  return [what, median!, unit, `${low} - ${high}`, String(values.length), bar];
}
