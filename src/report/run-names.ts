// What runs are called in a page, which of them differ in nothing but the seed, and which colors they get.

import { flatSettings, labels } from "../experiment/flat-settings.ts";
import { shorten } from "../runs/format/words.ts";
import { parameterLabels } from "../sweep/parameter-labels.ts";
import type { Sweep } from "../sweep/sweep.ts";
import type { ReportRun } from "./read-report-runs.ts";

export type RunGroup = {
  readonly label: string;
  /** Positions of its runs. */
  readonly runs: readonly number[];
  /** Position in the palette; null where there are too many groups for colors. */
  readonly color: number | null;
};

/** Beyond so many groups only the best ones have a color. */
const mostColors = 24;
const bestOfMany = 6;

/** Short, and told apart by seed or id where names are the same. */
export function runNames(runs: readonly ReportRun[]): string[] {
  const names = shortNames(runs);
  const count = counted(names);
  const seeded = runs.map(({ run }, at) =>
    count.get(names[at]!) === 1 ? names[at]! : `${names[at]}, seed ${run.experiment.seed}`,
  );
  const again = counted(seeded);
  return runs.map(({ run }, at) => (again.get(seeded[at]!) === 1 ? seeded[at]! : `${names[at]} (${run.id})`));
}

/** A trial's run is called by what was chosen for it, which says more than its number; of several sweeps, with its sweep. */
function shortNames(runs: readonly ReportRun[]): string[] {
  const sweeps = new Map(
    runs.flatMap(({ trial }) => (trial === null ? [] : [[trial.sweep.id, trial.sweep]])),
  );
  const labels = new Map(
    [...sweeps].map(([id, { definition }]) => [id, parameterLabels(JSON.parse(definition) as Sweep)]),
  );
  return runs.map(({ run, trial }) => {
    if (trial === null) return shorten(run.name, 40);
    const { names, label } = labels.get(trial.sweep.id)!;
    // Runs that differ in the seed only share the rest of the name.
    const telling = names.filter((name) => name !== "seed" || names.length === 1);
    const chosen = telling.map((name) => shorten(label(trial.trial.parameters, name) ?? "–", 24)).join(", ");
    // Of a sweep over seeds only nothing was chosen.
    const { name } = trial.sweep;
    return shorten(chosen === "" ? name : sweeps.size > 1 ? `${name}: ${chosen}` : chosen, 48);
  });
}

/**
 * Runs that differ in their seed only, on the same data. `score` ranks runs, lower first; it decides who is colored.
 */
export function runGroups(
  runs: readonly ReportRun[],
  names: readonly string[],
  score: (run: ReportRun) => number,
): RunGroup[] {
  const short = shortNames(runs);
  const members = new Map<string, number[]>();
  runs.forEach((data, position) => {
    const key = withoutSeed(data);
    members.set(key, [...(members.get(key) ?? []), position]);
  });
  const groups = [...members.values()];
  const many = groups.length > mostColors;
  const scores = groups.map((positions) => Math.min(...positions.map((at) => orLast(score(runs[at]!)))));
  const ranked = [...scores.keys()].sort((a, b) => scores[a]! - scores[b]!).slice(0, bestOfMany);
  return groups.map((positions, index) => ({
    label: (positions.length === 1 ? names : short)[positions[0]!]!,
    runs: positions,
    color: !many ? index : ranked.includes(index) ? ranked.indexOf(index) : null,
  }));
}

function orLast(score: number): number {
  return Number.isFinite(score) ? score : Number.POSITIVE_INFINITY;
}

/** What is looked at and kept changes no number; the seed is what a group is about. */
const noInfluence = /^(seed$|samples\.|checkpoint\.)/;

function withoutSeed({ run, trial }: ReportRun): string {
  const settings = [...flatSettings(run.experiment)].filter(
    ([path]) => !noInfluence.test(path) && !labels.has(path),
  );
  // The runs of a sweep are numbered; their names tell nothing.
  return JSON.stringify([trial === null ? run.name : trial.sweep.id, run.datasetFingerprint, settings]);
}

function counted(names: readonly string[]): Map<string, number> {
  const count = new Map<string, number>();
  for (const name of names) count.set(name, (count.get(name) ?? 0) + 1);
  return count;
}
