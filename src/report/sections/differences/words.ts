// A difference as a sentence and as cells of a table, for terminal and pages.

import { formatCount, formatDigits } from "../../../runs/format/numbers.ts";
import { plural } from "../../../runs/format/words.ts";
import type { Difference, Differences, Side } from "./model.ts";

/** Such as "a beats b by 1.6 ΔE00 on portraits (1.2 to 2.0; better on 142 of 180 images; 3 seeds)". */
export function differenceSentence(difference: Difference): string {
  const { on, metric, sides, wins, p, comparisons, isClear, leftOut } = difference;
  const [better, other] = sides;
  const unit = metric.unit || metric.title;
  if (wins.ties === wins.images)
    return `${better.label} and ${other.label} have the same ${unit} on all ${plural(wins.images, "image")} of ${on}`;
  const { by, interval } = amounts(difference);
  const counts = [
    `better on ${formatCount(wins.a)} of ${plural(wins.images, "image")}${tiesWords(wins.ties)}`,
    ...(leftOut > 0 ? [`${formatCount(leftOut)} left out that not both have`] : []),
    ...epochWords(sides),
  ];
  if (isClear)
    return `${better.label} beats ${other.label} by ${by} ${unit} on ${on} (${[interval, ...counts, seedWords(sides)].join("; ")})`;
  const among = p <= 0.05 ? ` among ${comparisons} comparisons` : "";
  return `no difference between ${better.label} and ${other.label} on ${on} that ${plural(wins.images, "image")} and ${seedWords(sides)} can show${among} (${by} ${unit}, ${[interval, ...counts].join("; ")})`;
}

export const differenceColumns = [
  "on",
  "metric",
  "better",
  "than",
  "by",
  "95 % interval",
  "better on",
  "seeds",
  "p (Holm)",
  "clear",
] as const;

/** One for each of `differenceColumns`. */
export function differenceCells(difference: Difference): string[] {
  const { on, metric, sides, wins, adjustedP, comparisons, isClear } = difference;
  const { by, interval } = amounts(difference);
  return [
    on,
    metric.title,
    sides[0].label,
    sides[1].label,
    metric.unit === "" ? by : `${by} ${metric.unit}`,
    interval,
    `${formatCount(wins.a)} of ${formatCount(wins.images)}${tiesWords(wins.ties)}`,
    seedWords(sides),
    comparisons > 1 ? `${pText(adjustedP)} of ${comparisons}` : pText(adjustedP),
    isClear ? "yes" : "no",
  ];
}

/** What a reader of the table has to know. */
export function differenceNotes({ found, notCompared }: Differences): string[] {
  if (found.length === 0) return [...notCompared];
  return [
    "Means over the images that both were measured on, at their newest values; 95 % intervals by a paired bootstrap over images, and over seeds where there are several. Clear is what stays so among all comparisons by the metric (Holm's correction, p at most 0.05).",
    ...(found.some(({ sides }) => sides.some(({ seeds }) => seeds === 1))
      ? [
          "Where a side has one seed a clear difference is one of these networks, not of their settings: another seed may change as much.",
        ]
      : []),
    ...notCompared,
  ];
}

/** Of the metric that comes first. */
export function mainSentences({ found }: Differences): string[] {
  return found.filter(({ metric }) => metric.name === found[0]!.metric.name).map(differenceSentence);
}

/** With as many decimals as the width of the interval is worth, and so many that its ends keep their sign. */
function amounts({ difference, low, high, metric }: Difference): { by: string; interval: string } {
  // The first side is the better one: by how much is a positive number, also where less is better.
  const sign = metric.better === "higher" ? 1 : -1;
  const ends = [sign * low, sign * high].sort((a, b) => a - b);
  const half = (ends[1]! - ends[0]!) / 2;
  if (half === 0) return { by: formatDigits(Math.abs(difference), 3), interval: "no spread" };
  let decimals = Math.min(9, Math.max(0, Math.ceil(-Math.log10(half / 3))));
  const vanishes = (value: number) => value !== 0 && Number(value.toFixed(decimals)) === 0;
  while (decimals < 9 && ends.some(vanishes)) decimals++;
  const text = (value: number) => value.toFixed(decimals);
  return { by: text(sign * difference), interval: `${text(ends[0]!)} to ${text(ends[1]!)}` };
}

function tiesWords(ties: number): string {
  return ties === 0 ? "" : `, ${formatCount(ties)} alike`;
}

function seedWords([a, b]: readonly [Side, Side]): string {
  if (a.seeds !== b.seeds) return `${plural(a.seeds, "seed")} against ${b.seeds}`;
  return a.seeds === 1 ? "one seed" : plural(a.seeds, "seed");
}

function epochWords([a, b]: readonly [Side, Side]): string[] {
  const [ofA, ofB] = [a, b].map(({ epochs }) => epochs.map((epoch) => formatDigits(epoch, 3)).join(", "));
  return ofA === ofB ? [] : [`epoch ${ofA} against ${ofB}`];
}

function pText(p: number): string {
  return p < 0.001 ? "under 0.001" : p.toFixed(3);
}
