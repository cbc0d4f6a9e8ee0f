// Whether the sweep's metric is logged by all of its trials, and in which direction it is better: known before anything
// is trained. It may well be measured at sampling epochs only.

import type { Experiment } from "../../experiment/experiment.ts";
import { nearMiss } from "../../near-miss.ts";
import { declaredSeries } from "../../runner/declared-series.ts";
import { type SeriesFamily, type SeriesSpec, seriesName } from "../../runs/series.ts";

/** Those that are named; colors, emergence, rates and times are many and rarely meant. */
const named: readonly SeriesFamily[] = ["loss", "metric", "health"];

export type MetricProblem = { readonly key: "name" | "goal"; readonly text: string };

/** `goal` is what was written; `experiments` are those of trials. */
export function metricProblem(
  series: string,
  goal: "minimize" | "maximize" | undefined,
  experiments: readonly Experiment[],
): MetricProblem | null {
  const declared = new Map<string, SeriesSpec>();
  let without = 0;
  // What is logged hangs on these sections alone (declared-series.ts): of a thousand learning rates one is asked.
  const differing = new Map(
    experiments.map((experiment) => {
      const { model, metrics, evaluate, precision } = experiment;
      return [JSON.stringify([model, metrics, evaluate, precision]), experiment] as const;
    }),
  );
  for (const experiment of differing.values()) {
    const own = declaredSeries(experiment).filter(({ family }) => family !== "real");
    for (const spec of own) declared.set(seriesName(spec), spec);
    if (!own.some((spec) => seriesName(spec) === series)) without++;
  }
  const spec = declared.get(series);
  if (spec === undefined && experiments.length > 0) return { key: "name", text: unknown(series, declared) };
  if (without > 0) {
    const text = `expected a series that every trial logs, got ${series}, which some of the values leave out`;
    return { key: "name", text };
  }
  if (goal === undefined && spec?.better === "higher") {
    const text = `expected maximize for ${series}, of which higher is better, got nothing, which is minimize`;
    return { key: "goal", text };
  }
  return null;
}

function unknown(series: string, declared: ReadonlyMap<string, SeriesSpec>): string {
  const near = nearMiss(series, [...declared.keys()]);
  const known = [...declared].flatMap(([name, { family }]) => (named.includes(family) ? [name] : []));
  const suggestion = near === null ? "" : `, did you mean ${near}?`;
  return `expected a series that the trials log, got ${series}${suggestion} (known: ${known.join(", ")}, and those of colors and times that hueristic show lists)`;
}
