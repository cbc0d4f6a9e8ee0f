// The tables of a sweep: its trials, and its configurations over their seeds.

import type { ConfigurationStanding, Standing } from "../sweep/scheduling/standings.ts";
import type { Metric } from "../sweep/sweep.ts";
import { formatTable } from "./table.ts";

export function trialTable(rows: readonly Standing[], metric: Metric, width: number | null): string[] {
  return formatTable<Standing>(
    [
      { title: "trial", align: "right", expendable: 0, cell: ({ trial }) => String(trial.number) },
      {
        title: "parameters",
        align: "left",
        expendable: 0,
        shortest: 12,
        cell: ({ trial }) => parametersLine(trial.parameters),
      },
      { title: "seed", align: "right", expendable: 2, cell: ({ trial }) => String(trial.seed ?? "") },
      { title: "epoch", align: "right", expendable: 1, cell: ({ epoch }) => String(epoch ?? "") },
      {
        title: `best ${metric.series}`,
        align: "right",
        expendable: 0,
        cell: ({ best }) => numberText(best),
      },
      { title: "state", align: "left", expendable: 0, cell: ({ trial }) => trial.state },
      { title: "run", align: "left", expendable: 3, cell: ({ trial }) => trial.runId ?? "" },
    ],
    rows,
    width,
  );
}

export function configurationTable(
  rows: readonly ConfigurationStanding[],
  metric: Metric,
  width: number | null,
): string[] {
  return formatTable<ConfigurationStanding>(
    [
      { title: "", align: "left", expendable: 0, cell: ({ isBest }) => (isBest ? "*" : "") },
      {
        title: "configuration",
        align: "left",
        expendable: 0,
        shortest: 12,
        cell: ({ parameters }) => parametersLine(parameters),
      },
      {
        title: "complete",
        align: "right",
        expendable: 1,
        cell: ({ complete, trials }) => `${complete}/${trials}`,
      },
      {
        title: `best ${metric.series}, mean ± sd`,
        align: "left",
        expendable: 0,
        cell: ({ mean, spread }) =>
          Number.isNaN(spread) ? numberText(mean) : `${numberText(mean)} ± ${spread.toPrecision(2)}`,
      },
    ],
    rows,
    width,
  );
}

/** Such as "optimizer.name=adam batch_size=16": the last two parts of each name say enough. */
export function parametersLine(parameters: Readonly<Record<string, unknown>>): string {
  return Object.entries(parameters)
    .map(([name, value]) => `${shortName(name)}=${typeof value === "string" ? value : JSON.stringify(value)}`)
    .join(" ");
}

function shortName(name: string): string {
  return name
    .split(".")
    .slice(-2)
    .join(".")
    .replace(/^train\./, "");
}

function numberText(value: number): string {
  return Number.isNaN(value) ? "" : value.toPrecision(5);
}
