// How much each parameter says about a result by itself: epsilon squared of a one-way analysis of variance over ranks
// (Kelley 1935; ranks as in Kruskal and Wallis 1952, so that one diverged trial does not decide). Numbers of more than six
// values are cut into four groups of like size. What parameters do only together is not seen.

import { rankOf } from "../../../runs/best.ts";
import { ranks as ranked } from "../../../statistics/ranks.ts";
import { configurationsOf, type SweepInput } from "../../sweep/trials.ts";
import { valueGroups } from "../../sweep/value-groups.ts";

export type Importance = {
  readonly parameter: string;
  /** Share of the variance of ranks, 0 to 1, corrected for chance; null where there are too few trials to say. */
  readonly share: number | null;
  /** The group with the best mean, such as "adam" or "0.001 to 0.003". */
  readonly best: string | null;
};

const mostGroups = 6;

/**
 * For the value that the sweep is judged by, of configurations with one of a complete trial, their seeds averaged; one of which a
 * seed diverged is as bad as can be, pruned ones were stopped before they had a value to compare. Most important first.
 */
export function importances(sweep: SweepInput): Importance[] {
  const better = sweep.values[0]?.better ?? "lower";
  // Values that do not compare have no ranks.
  if (better === "none") return sweep.parameters.map((parameter) => ({ parameter, share: null, best: null }));
  const compared = configurationsOf(sweep).filter(
    ({ hasDiverged, means: [mean] }) => hasDiverged || (mean != null && !Number.isNaN(mean)),
  );
  const ranks = ranked(
    compared.map(({ hasDiverged, means: [mean] }) =>
      hasDiverged ? Number.POSITIVE_INFINITY : rankOf(mean!, better),
    ),
  );
  return sweep.parameters
    .map((parameter, index) => {
      const values = compared.map(({ parameters }) => parameters[index] ?? null);
      const groups = byLabel(valueGroups(values, mostGroups));
      return { parameter, ...explained(groups, ranks) };
    })
    .sort((a, b) => (b.share ?? -1) - (a.share ?? -1));
}

/** Label -> positions of its configurations. */
function byLabel(labels: readonly string[]): Map<string, number[]> {
  const groups = new Map<string, number[]>();
  for (const [at, label] of labels.entries()) groups.set(label, [...(groups.get(label) ?? []), at]);
  return groups;
}

function explained(groups: ReadonlyMap<string, readonly number[]>, ranks: readonly number[]) {
  const mean = (positions: readonly number[]) =>
    positions.reduce((sum, at) => sum + ranks[at]!, 0) / positions.length;
  const overall = ranks.reduce((sum, rank) => sum + rank, 0) / ranks.length;
  const total = ranks.reduce((sum, rank) => sum + (rank - overall) ** 2, 0);
  const within = [...groups.values()].reduce((sum, positions) => {
    const middle = mean(positions);
    return sum + positions.reduce((inner, at) => inner + (ranks[at]! - middle) ** 2, 0);
  }, 0);
  const freedom = ranks.length - groups.size;
  const best = [...groups].sort(([, a], [, b]) => mean(a) - mean(b))[0]?.[0] ?? null;
  if (freedom < 1 || groups.size < 2 || total === 0) return { share: null, best };
  const share = (total - within - (groups.size - 1) * (within / freedom)) / total;
  return { share: Math.max(0, share), best };
}
