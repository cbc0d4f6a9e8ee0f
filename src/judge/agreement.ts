// Whether people agree with a metric, image by image. Where a photograph stood against a network: how often people were fooled,
// against the metric's value. Where two networks stood against each other: how often the first was chosen, against the
// difference of their values.

import { type RankCorrelation, rankCorrelation } from "../statistics/rank-correlation.ts";
import type { ImageMetric, Judge, Study } from "../store/study-rows.ts";
import { shareFor } from "./score-study.ts";

export type Agreement = {
  readonly metric: string;
  readonly title: string;
  /** Above 0: people prefer what the metric calls better. null where there is too little to say. */
  readonly correlation: RankCorrelation | null;
  /** Pairs with a value of the metric. */
  readonly pairs: number;
  /** Of two networks: pairs on which most people and the metric prefer the same one, of those on which both prefer one. */
  readonly same: { readonly count: number; readonly of: number } | null;
};

/** By number of the network: what was measured of its colorings of the study's images. */
export type StudyMetrics = ReadonlyMap<number, readonly ImageMetric[]>;

/** Of the metrics that were measured, most pairs first. */
export function agreements(study: Study, judges: readonly Judge[], metrics: StudyMetrics): Agreement[] {
  // Of one name there may be several measures, such as LPIPS by two networks: their values do not compare.
  const kinds = new Map(
    [...metrics.values()].flat().map((each) => [JSON.stringify([each.metric, each.compares]), each]),
  );
  const tests = study.pairs.flatMap((pair) =>
    pair.network === null ? [] : [{ ...pair, network: pair.network, people: shareFor(study, judges, pair) }],
  );
  return [...kinds.values()]
    .map((kind) => {
      const { metric, title, better } = kind;
      const sign = better === "higher" ? 1 : -1;
      const measured = valuesOf(metrics, kind);
      const points = tests.flatMap(({ index, network, against, people }) => {
        const [own, other] = [measured(network, index), against === null ? 0 : measured(against, index)];
        return own === undefined || other === undefined ? [] : [{ people, value: sign * (own - other) }];
      });
      const correlation = rankCorrelation(
        points.map(({ value }) => value),
        points.map(({ people }) => people),
      );
      const decided = points.filter(({ people, value }) => people !== 0.5 && value !== 0);
      const same = {
        count: decided.filter(({ people, value }) => people > 0.5 === value > 0).length,
        of: decided.length,
      };
      return {
        metric,
        title,
        correlation,
        pairs: points.length,
        same: study.question === "better" ? same : null,
      };
    })
    .filter(({ pairs }) => pairs > 0)
    .sort((a, b) => b.pairs - a.pairs);
}

function valuesOf(metrics: StudyMetrics, { metric, compares }: Pick<ImageMetric, "metric" | "compares">) {
  const values = new Map(
    [...metrics].map(([number, measured]) => [
      number,
      new Map(
        measured
          .filter((each) => each.metric === metric && each.compares === compares)
          .map(({ index, value }) => [index, value]),
      ),
    ]),
  );
  return (network: number, index: number): number | undefined => values.get(network)?.get(index);
}
