// Strengths out of comparisons in pairs (Bradley, Terry 1952): i wins against j with the probability
// 1 / (1 + exp(s_j - s_i)). Maximum likelihood by Newton's steps; standard errors by the inverse Fisher information, with the
// mean of the strengths held at 0. Answers count as independent: those of one person are not quite, and then the intervals are
// somewhat too narrow.

import { type Interval, normalQuantileOfConfidence } from "./interval.ts";

/** Log odds: by this much more often does it win against an average one. */
export type Strength = Interval & { readonly strength: number };

const mostSteps = 100;
const tolerance = 1e-12;

/**
 * `wins[i][j]` is how often i won against j. null where the comparisons do not tie all of them together: where some of them
 * never won against any of the others (Ford 1957), as a strength without bounds would explain that best.
 */
export function bradleyTerry(wins: readonly (readonly number[])[]): Strength[] | null {
  if (wins.length < 2 || !isTied(wins)) return null;
  let strengths = wins.map(() => 0);
  let covariance = covarianceOf(wins, strengths);
  for (let step = 0; step < mostSteps; step++) {
    const gradient = gradientOf(wins, strengths);
    const whole = covariance.map((row) => row.reduce((sum, value, j) => sum + value * gradient[j]!, 0));
    // A step of more than 1 may miss where strengths are far apart.
    const length = Math.max(...whole.map(Math.abs));
    strengths = strengths.map((strength, i) => strength + whole[i]! / Math.max(1, length));
    covariance = covarianceOf(wins, strengths);
    if (length < tolerance) break;
  }
  return strengths.map((strength, i) => {
    const spread = normalQuantileOfConfidence * Math.sqrt(covariance[i]![i]!);
    return { strength, low: strength - spread, high: strength + spread };
  });
}

function chance(strengths: readonly number[], i: number, j: number): number {
  return 1 / (1 + Math.exp(strengths[j]! - strengths[i]!));
}

/** Of the log likelihood. */
function gradientOf(wins: readonly (readonly number[])[], strengths: readonly number[]): number[] {
  return wins.map((row, i) =>
    row.reduce(
      (sum, won, j) => (i === j ? sum : sum + won - (won + wins[j]![i]!) * chance(strengths, i, j)),
      0,
    ),
  );
}

/** The pseudo-inverse of the Fisher information, which is singular along equal shifts of all strengths. */
function covarianceOf(wins: readonly (readonly number[])[], strengths: readonly number[]): number[][] {
  const count = wins.length;
  const weight = (i: number, j: number) => {
    const share = chance(strengths, i, j);
    return (wins[i]![j]! + wins[j]![i]!) * share * (1 - share);
  };
  const others = (i: number) => wins.flatMap((_, j) => (j === i ? [] : [j]));
  const shifted = wins.map((_, i) =>
    wins.map(
      (_, j) =>
        1 / count + (i === j ? others(i).reduce((sum, other) => sum + weight(i, other), 0) : -weight(i, j)),
    ),
  );
  return inverse(shifted).map((row) => row.map((value) => value - 1 / count));
}

/** By Gauss and Jordan, with pivots. */
function inverse(matrix: readonly (readonly number[])[]): number[][] {
  const count = matrix.length;
  const rows = matrix.map((row, i) => [...row, ...row.map((_, j) => (i === j ? 1 : 0))]);
  for (let at = 0; at < count; at++) {
    const pivot = rows.reduce(
      (best, row, i) => (i >= at && Math.abs(row[at]!) > Math.abs(rows[best]![at]!) ? i : best),
      at,
    );
    [rows[at], rows[pivot]] = [rows[pivot]!, rows[at]!];
    const head = rows[at]![at]!;
    rows[at] = rows[at]!.map((value) => value / head);
    for (let i = 0; i < count; i++) {
      if (i === at) continue;
      const factor = rows[i]![at]!;
      rows[i] = rows[i]!.map((value, j) => value - factor * rows[at]![j]!);
    }
  }
  return rows.map((row) => row.slice(count));
}

/** Whether everyone leads to everyone by wins. */
function isTied(wins: readonly (readonly number[])[]): boolean {
  const reached = (from: number) => {
    const found = new Set([from]);
    for (const i of found) wins[i]!.forEach((won, j) => void (won > 0 && i !== j && found.add(j)));
    return found.size;
  };
  return wins.every((_, from) => reached(from) === wins.length);
}
