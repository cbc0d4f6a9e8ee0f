// Runs as a table: what differs between them first, then what came of it.

import { areComparable, type Origin } from "../runs/comparable.ts";
import { bestOf, betterWords } from "./better.ts";
import { formatNumber, formatTime, shorten } from "./format.ts";
import { type Measure, measuresOf } from "./measures.ts";
import type { ReportRun } from "./read-report-runs.ts";
import { flatSettings, independentSettings } from "./settings.ts";

export type Cell = {
  readonly text: string;
  /** What it is sorted and compared by: a number, or the text. */
  readonly key: number | string;
  readonly best: boolean;
};

export type RunColumn = {
  readonly name: string;
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
    readonly started: string;
    readonly cells: readonly Cell[];
  }[];
};

/** What the values of a measure are of, in those runs that have one. */
export function originsOf(series: string, runs: readonly ReportRun[]): Origin[] {
  return runs.flatMap(({ run, series: all }) => {
    const spec = all.find(({ name }) => name === series)?.spec;
    return spec === undefined ? [] : [{ spec, images: run.datasetFingerprint }];
  });
}

/** Whether all runs' values of a measure compare. */
export function isFair({ series }: Pick<Measure, "series">, runs: readonly ReportRun[]): boolean {
  return series === null || areComparable(originsOf(series, runs));
}

export function runTable(
  runs: readonly ReportRun[],
  names: readonly string[],
  measures: readonly Measure[] = measuresOf(runs),
): RunTable {
  const settings = independentSettings(runs.map(({ run }) => run.experiment));
  const flat = runs.map(({ run }) => flatSettings(run.experiment));
  const columns = measures.map((measure) => {
    const values = runs.map((run) => measure.value(run));
    return { measure, values, best: isFair(measure, runs) ? bestOf(values, measure.better) : null };
  });
  return {
    columns: [
      ...settings.map((name) => ({ name, kind: "setting" as const, meaning: "" })),
      ...measures.map(({ name, better }) => ({
        name,
        kind: "result" as const,
        meaning: betterWords(better),
      })),
    ],
    rows: runs.map((data, at) => ({
      run: at,
      name: names[at]!,
      status: data.run.status,
      started: formatTime(data.run.createdAt),
      cells: [
        ...settings.map((path) => settingCell(flat[at]!.get(path))),
        ...columns.map(({ measure, values, best }) => resultCell(measure, values[at]!, best, data)),
      ],
    })),
  };
}

function settingCell(text: string | undefined): Cell {
  const number = text === undefined || text.trim() === "" ? Number.NaN : Number(text);
  const isLong = Number.isFinite(number) && text!.length > 8;
  const shown = isLong ? formatNumber(number) : shorten(text ?? "–", 40);
  return { text: shown, key: Number.isFinite(number) ? number : shown, best: false };
}

function resultCell(measure: Measure, value: number | null, best: number | null, run: ReportRun): Cell {
  if (value === null) return { text: "–", key: "", best: false };
  return { text: measure.text(value, run), key: value, best: value === best };
}
