// The numbers of one run, epoch by epoch.

import { formatNumber } from "../../../runs/format/numbers.ts";
import type { SeriesFamily } from "../../../runs/series.ts";
import type { ReportRun } from "../../read-report-runs.ts";
import { seriesTitle } from "../../series.ts";

export type EpochTable = {
  readonly columns: readonly string[];
  readonly rows: readonly (readonly string[])[];
};

const shown: readonly SeriesFamily[] = ["loss", "rate", "time"];

/** One row per epoch that a series was logged for once; the training loss as its mean. null where there is none. */
export function epochTable(data: ReportRun): EpochTable | null {
  const per = Math.max(1, data.run.stepsPerEpoch);
  const columns = data.series.filter(({ spec }) => shown.includes(spec.family));
  const cells = new Map<number, Map<string, { sum: number; count: number }>>();
  for (const { name, step, value } of columns)
    step.forEach((at, index) => {
      const epoch = Math.ceil(at / per);
      const row = cells.get(epoch) ?? new Map<string, { sum: number; count: number }>();
      cells.set(epoch, row);
      const cell = row.get(name) ?? { sum: 0, count: 0 };
      row.set(name, { sum: cell.sum + value[index]!, count: cell.count + 1 });
    });
  const epochs = [...cells.keys()].sort((a, b) => a - b);
  const averaged = (name: string) => [...cells.values()].some((row) => (row.get(name)?.count ?? 0) > 1);
  if (epochs.length === 0) return null;
  return {
    columns: [
      "epoch",
      ...columns.map(({ name, spec }) => `${seriesTitle(spec)}${averaged(name) ? " (mean)" : ""}`),
    ],
    rows: epochs.map((epoch) => [
      String(epoch),
      ...columns.map(({ name }) => {
        const cell = cells.get(epoch)!.get(name);
        return cell === undefined ? "" : formatNumber(cell.sum / cell.count);
      }),
    ]),
  };
}
