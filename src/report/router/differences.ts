// A router against each of its networks and the one of all classes, by every metric that says what is better: whether the
// difference is more than chance.

import type { MeasuredMethod, MeasuredRouter } from "../../router/measure-router.ts";
import { fewestImages } from "../../statistics/mean-difference.ts";
import { comparedMetrics } from "../../store/read-metrics.ts";
import {
  amongAll,
  type Differences,
  differenceBetween,
  type Side,
  tooFewWords,
} from "../sections/differences/model.ts";
import { methodName } from "./words.ts";

/** The oracle is no network that one could use: it is not compared. */
export function routerDifferences({ measures, methods }: MeasuredRouter): Differences {
  const [router, ...others] = methods;
  const networks = others.filter(({ kind }) => kind !== "oracle");
  const notCompared = new Set<string>();
  const found = inOrder(measures).flatMap(({ name, title, unit, better }) => {
    if (better !== "higher" && better !== "lower") return [];
    const ofMetric = networks.flatMap((network) => {
      const [a, b] = [router!.ofImages[name], network.ofImages[name]];
      if (a === undefined || b === undefined) return [];
      const isKept = (_: number, at: number) => Number.isFinite(a[at]) && Number.isFinite(b[at]);
      const block = { a: [a.filter(isKept)], b: [b.filter(isKept)] };
      const count = block.a[0]!.length;
      if (count < fewestImages) {
        notCompared.add(
          `${methodName(router!)} and ${methodName(network)} are not compared: ${tooFewWords(count)}.`,
        );
        return [];
      }
      return differenceBetween({
        on: "held-out images",
        metric: { name, title, unit, better },
        sides: [sideOf(router!), sideOf(network)],
        blocks: [block],
        leftOut: a.length - count,
      });
    });
    return amongAll(ofMetric);
  });
  return { found, notCompared: [...notCompared] };
}

/** Those that say most first. */
function inOrder(measures: MeasuredRouter["measures"]): MeasuredRouter["measures"] {
  const rank = ({ name }: { readonly name: string }) => {
    const place = comparedMetrics.indexOf(name);
    return place < 0 ? comparedMetrics.length : place;
  };
  return measures.toSorted((a, b) => rank(a) - rank(b));
}

function sideOf(method: MeasuredMethod): Side {
  return { label: methodName(method), seeds: 1, epochs: [] };
}
