// Which rule of a router chose what, with its numbers, in one line.

import { formatRealness } from "../../router/realness-words.ts";
import type { Route } from "../../router/route.ts";
import type { StoredRouter } from "../../router/stored-router.ts";
import { formatShare } from "../../runs/format/numbers.ts";

/** Such as "scenes (run k3v9x2mp), by the classifier: scenes 99.8 %, faces 0.2 %; sure from 97.0 % on". */
export function routeWords(
  { specialists, threshold }: StoredRouter,
  { rule, place, shares, realness }: Route,
): string {
  const { class: label, run } = specialists[place]!;
  const ranked = (values: Float64Array, text: (value: number) => string) =>
    specialists
      .map((each, at) => ({ label: each.class, value: values[at]! }))
      .sort((a, b) => b.value - a.value)
      .map(({ label, value }) => `${label} ${text(value)}`)
      .join(", ");
  const classes = `${ranked(shares, formatShare)}; sure from ${formatShare(threshold.share)} on`;
  const chosen = `${label} (run ${run})`;
  if (rule === "classifier" || realness === null) return `${chosen}, by the classifier: ${classes}`;
  return `${chosen}, by the discriminators, as the classifier is unsure (${classes}): how real ${ranked(realness, formatRealness)}`;
}
