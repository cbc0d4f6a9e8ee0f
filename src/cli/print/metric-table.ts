// The metrics of a run as a table: a row each, a column for every set.

import type { Better } from "../../runs/series.ts";
import { type MetricSummary, mainMetrics } from "../../store/read-metrics.ts";
import { numberOrDash } from "./format.ts";
import { type Column, formatTable } from "./table.ts";

/** Of unseen images, such as "psnr 25.2 dB, ciede2000 8.557 ΔE00"; null where none of the main ones was measured. */
export function metricLine({ metrics }: MetricSummary): string | null {
  const shown = metrics.flatMap(({ name, unit, values }) => {
    const value = values.unseen?.value;
    if (value === undefined || !mainMetrics.includes(name)) return [];
    return [`${name} ${numberOrDash(value)}${unit === "" || unit === "ratio" ? "" : ` ${unit}`}`];
  });
  return shown.length === 0 ? null : shown.join(", ");
}

type Row = MetricSummary["metrics"][number];

const directions: Readonly<Record<Better, string>> = {
  higher: "higher",
  lower: "lower",
  one: "near 1",
  none: "-",
};

export function metricTable({ sets, metrics }: MetricSummary, width: number | null): string[] {
  const columns: Column<Row>[] = [
    { title: "metric", align: "left", expendable: 0, cell: ({ name }) => name },
    { title: "unit", align: "left", expendable: 3, cell: ({ unit }) => unit },
    { title: "better", align: "left", expendable: 2, cell: ({ better }) => directions[better] },
    ...sets.map(
      (set, place): Column<Row> => ({
        title: set,
        align: "right",
        expendable: place < 2 ? 0 : 1,
        cell: ({ values }) => numberOrDash(values[set]?.value),
      }),
    ),
  ];
  return formatTable(columns, metrics, width);
}
