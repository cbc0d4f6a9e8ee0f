// What all sections of a page know: the runs, what they are called, which of them belong together.

import { rankOf } from "../runs/best.ts";
import type { ReportRun } from "./read-report-runs.ts";
import { type RunGroup, runGroups, runNames } from "./run-names.ts";
import { bestLossPoint } from "./series.ts";
import type { SweepInput } from "./sweep/trials.ts";

/** What a page is made of. */
export type PageInput = {
  readonly runs: readonly ReportRun[];
  /** Trials of a sweep, where one was named. */
  readonly sweep: SweepInput | null;
};

export type PageContext = PageInput & {
  /** One for each run. */
  readonly names: readonly string[];
  readonly groups: readonly RunGroup[];
  /** Ranks runs, lower first, by what a sweep judges its trials by, else by the best unseen loss; NaN where there is none. */
  score(run: ReportRun): number;
};

export function pageContext(
  { runs, sweep }: PageInput,
  names: readonly string[] = runNames(runs),
): PageContext {
  const score = sweep === null ? (run: ReportRun) => bestLossPoint(run)?.value ?? Number.NaN : judged(sweep);
  return { runs, sweep, names, groups: runGroups(runs, names, score), score };
}

function judged({ trials, values }: SweepInput): (run: ReportRun) => number {
  const better = values[0]?.better ?? "lower";
  const scoreOf = new Map(
    trials.map((trial) => [trial.runId, rankOf(trial.values[0] ?? Number.NaN, better)]),
  );
  return ({ run }) => scoreOf.get(run.id) ?? Number.NaN;
}
