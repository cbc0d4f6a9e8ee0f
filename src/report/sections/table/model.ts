// Runs as a table: what differs between them first, then what came of it.

import { flatSettings, independentSettings } from "../../../experiment/flat-settings.ts";
import { bestOfSeveral } from "../../../runs/best.ts";
import { differenceWords, measuredSet, originOf } from "../../../runs/comparable.ts";
import { hasDiverged } from "../../../runs/divergence.ts";
import { formatNumber } from "../../../runs/format/numbers.ts";
import { shorten } from "../../../runs/format/words.ts";
import { betterWords } from "../../better-words.ts";
import { betterAmong, type Measure, machineOf, measuresOf } from "../../measures.ts";
import type { ReportRun } from "../../read-report-runs.ts";
import { lossOf } from "../../series.ts";
import { haveSameUnseen } from "../../test-sets.ts";

export type Cell = {
  readonly text: string;
  /** What it is sorted and compared by: a number, or the text. */
  readonly key: number | string;
  readonly best: boolean;
};

export type RunColumn = {
  readonly name: string;
  /** What `list --where` calls it; null for what it does not know. */
  readonly field: string | null;
  readonly kind: "setting" | "result";
  /** Such as "more is better"; empty where there is nothing to say. */
  readonly meaning: string;
};

export type RunTable = {
  /** Names of the columns behind the run and its status. */
  readonly columns: readonly RunColumn[];
  readonly rows: readonly {
    /** Number of the run in the page. */
    readonly run: number;
    readonly name: string;
    readonly status: string;
    readonly cells: readonly Cell[];
  }[];
};

export function runTable(
  runs: readonly ReportRun[],
  names: readonly string[],
  measures: readonly Measure[] = measuresOf(runs),
): RunTable {
  const settings = independentSettings(runs.map(({ run }) => run.experiment));
  const flat = runs.map(({ run }) => flatSettings(run.experiment));
  const columns = measures.map((measure) => {
    const values = runs.map((run) => measure.value(run));
    const sound = values.map((value, at) => (hasDiverged(runs[at]!.run) ? null : value));
    const best = bestOfSeveral(sound, betterAmong(measure, runs));
    return { measure, values, isBest: sound.map((value) => best !== null && value === sound[best]) };
  });
  return {
    columns: [
      ...settings.map((name) => ({ name, field: `config.${name}`, kind: "setting" as const, meaning: "" })),
      ...measures.map(({ name, field, better }) => ({
        name,
        field,
        kind: "result" as const,
        meaning: betterWords(better),
      })),
    ],
    rows: runs.map((data, at) => ({
      run: at,
      name: names[at]!,
      status: data.run.status,
      cells: [
        ...settings.map((path) => settingCell(flat[at]!.get(path))),
        ...columns.map(({ measure, values, isBest }) => resultCell(measure, values[at]!, isBest[at]!, data)),
      ],
    })),
  };
}

function settingCell(text: string | undefined): Cell {
  const number = text === undefined || text.trim() === "" ? Number.NaN : Number(text);
  const isLong = Number.isFinite(number) && text!.length > 8;
  const shown = isLong ? formatNumber(number) : shorten(text ?? "–", 40);
  return { text: shown, key: Number.isFinite(number) ? number : (text ?? "–"), best: false };
}

function resultCell(measure: Measure, value: number | null, best: boolean, run: ReportRun): Cell {
  if (value === null) return { text: "–", key: "", best: false };
  return { text: measure.text(value, run), key: value, best };
}

/** What makes a comparison unfair. */
export function warnings(runs: readonly ReportRun[]): string[] {
  const differ = (values: readonly unknown[]) => new Set(values).size > 1;
  const losses = runs.flatMap((data) => {
    const loss = lossOf(data);
    return loss === undefined ? [] : [originOf(loss.spec, data.measuredSets)];
  });
  const isOnSameImages = haveSameUnseen(runs);
  const counts = runs.flatMap(({ measuredSets, dataset, series }) => {
    if (!series.some(({ spec }) => spec.set === "unseen" && spec.family === "metric")) return [];
    const { first } = measuredSet(measuredSets, "unseen");
    return first ?? dataset?.unseenCount ?? null;
  });
  return [
    differ(losses.map(({ spec }) => spec.compares)) &&
      `Losses ${differenceWords("kind", losses)} are not comparable: no best loss is marked.`,
    !isOnSameImages &&
      "The runs were made on different data: their values are not of the same images, and no best one is marked.",
    isOnSameImages &&
      differ(counts) &&
      `Metrics were measured on different numbers of unseen images (${[...new Set(counts)].join(", ")}): no best one is marked.`,
    runs.length > 1 &&
      runs.some(({ run }) => hasDiverged(run)) &&
      "A run that diverged is never marked as the best.",
    differ(runs.map(machineOf)) &&
      "The runs were made on different computers, engines or devices: their times do not compare.",
    differ(runs.map(({ run }) => run.provenance.gitCommit)) &&
      "The runs were made with different versions of the code.",
  ].filter((warning) => warning !== false);
}
