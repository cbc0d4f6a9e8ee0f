// Values of a parameter as groups that can be compared. Used by the page's script too: it needs nothing of Node.

import { formatNumber } from "../../runs/format/numbers.ts";

const none = "–";

/** The values themselves; numbers of more than `most` different values are cut into four groups of like size. */
export function valueGroups(values: readonly (string | null)[], most: number): string[] {
  const given = values.map((value) => value ?? none);
  const numbers = given.filter((value) => value !== none);
  if (!numbers.every(isNumber) || new Set(numbers).size <= most) return given;
  const sorted = numbers.map(Number).sort((a, b) => a - b);
  const cuts = [0.25, 0.5, 0.75].map((share) => sorted[Math.floor(share * sorted.length)]!);
  const binOf = (value: string) => cuts.filter((cut) => Number(value) >= cut).length;
  const labels = [0, 1, 2, 3].map((bin) => {
    const inside = sorted.filter((value) => binOf(String(value)) === bin);
    return `${formatNumber(inside[0] ?? 0)} to ${formatNumber(inside.at(-1) ?? 0)}`;
  });
  return given.map((value) => (value === none ? none : labels[binOf(value)]!));
}

/** Numbers by size, groups of them as well; words by the alphabet; what is missing comes last. */
export function inOrder(labels: readonly string[]): string[] {
  const distinct = [...new Set(labels)].filter((label) => label !== none);
  const start = (label: string) => Number(label.split(" to ")[0]);
  const isNumeric = distinct.every((label) => isNumber(label.split(" to ")[0]!));
  distinct.sort((a, b) => (isNumeric ? start(a) - start(b) : a.localeCompare(b)));
  return labels.includes(none) ? [...distinct, none] : distinct;
}

function isNumber(value: string): boolean {
  return value.trim() !== "" && Number.isFinite(Number(value));
}
