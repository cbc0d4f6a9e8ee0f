// The tables of a sweep: its trials, and its configurations over their seeds. Parameters that do not vary are left out.

import { formatDigits, formatRepeats } from "../../runs/format/numbers.ts";
import type { TrialRowState } from "../../store/sweeps.ts";
import { parameterLabels } from "../../sweep/parameter-labels.ts";
import type { ConfigurationStanding, Standing } from "../../sweep/scheduling/standings.ts";
import { configurationCount } from "../../sweep/search/suggest.ts";
import type { Sweep } from "../../sweep/sweep.ts";
import { type Column, formatTable } from "./table.ts";

export function trialTable(rows: readonly Standing[], sweep: Sweep, width: number | null): string[] {
  return formatTable<Standing>(
    [
      { title: "trial", align: "right", expendable: 0, cell: ({ trial }) => String(trial.number) },
      ...parameterColumns(sweep, ({ trial }: Standing) => trial.parameters),
      ...(sweep.seeds.length === 0
        ? []
        : [
            {
              title: "seed",
              align: "right",
              expendable: 2,
              cell: ({ trial }: Standing) => String(trial.seed ?? ""),
            } as const,
          ]),
      { title: "epoch", align: "right", expendable: 1, cell: epochText },
      {
        title: `best ${sweep.metric.series}`,
        align: "right",
        expendable: 0,
        cell: ({ best }) => numberText(best),
      },
      { title: "state", align: "left", expendable: 0, cell: ({ trial }) => stateText(trial.state) },
      { title: "run", align: "left", expendable: 1000, cell: ({ trial }) => trial.runId ?? "" },
    ],
    rows,
    width,
  );
}

export function configurationTable(
  rows: readonly ConfigurationStanding[],
  sweep: Sweep,
  width: number | null,
): string[] {
  return formatTable<ConfigurationStanding>(
    [
      { title: "", align: "left", expendable: 0, cell: ({ isBest }) => (isBest ? "*" : "") },
      ...parameterColumns(sweep, ({ parameters }: ConfigurationStanding) => parameters),
      {
        title: "complete",
        align: "right",
        expendable: 1,
        cell: ({ complete, trials }) => `${complete}/${trials}`,
      },
      {
        title: `best ${sweep.metric.series}${sweep.seeds.length > 1 ? ", mean ± sd" : ""}`,
        align: "left",
        expendable: 0,
        cell: ({ best }) => (best === null ? "" : formatRepeats(best)),
      },
    ],
    rows,
    width,
  );
}

/** Such as "5 of 8 trials begun: 3 complete, 2 running". */
export function progressLine(rows: readonly Standing[], sweep: Sweep): string {
  const all = configurationCount(sweep) * Math.max(1, sweep.seeds.length);
  const counts = new Map<TrialRowState, number>();
  for (const { trial } of rows) counts.set(trial.state, (counts.get(trial.state) ?? 0) + 1);
  const states = [...counts].map(([state, count]) => `${count} ${stateText(state)}`).join(", ");
  const begun = Number.isFinite(all)
    ? `${rows.length} of ${all} trials begun`
    : `${rows.length} trials begun`;
  return states === "" ? begun : `${begun}: ${states}`;
}

/** Such as "optimizer.name=adam batch_size=16". */
export function parametersLine(parameters: Readonly<Record<string, unknown>>, sweep: Sweep): string {
  const { names, label } = parameterLabels(sweep);
  return names
    .map((name) => [name, label(parameters, name)] as const)
    .filter(([, value]) => value !== null)
    .map(([name, value]) => `${shortName(name)}=${value}`)
    .join(" ");
}

export function stateText(state: TrialRowState): string {
  return state === "waiting" ? "stopped" : state;
}

/** On a narrow terminal the last parameters are left out first. */
function parameterColumns<Row>(
  sweep: Sweep,
  parametersOf: (row: Row) => Readonly<Record<string, unknown>>,
): Column<Row>[] {
  const { names, label } = parameterLabels(sweep);
  return names.map((name, index) => ({
    title: shortName(name),
    align: "left",
    expendable: 10 + index,
    shortest: Math.max(8, shortName(name).length),
    cell: (row) => label(parametersOf(row), name) ?? "",
  }));
}

/** The last two parts say enough. */
function shortName(name: string): string {
  return name
    .split(".")
    .slice(-2)
    .join(".")
    .replace(/^train\./, "");
}

function epochText({ epoch, epochs }: Standing): string {
  return epoch === null || epochs === null ? "" : `${epoch}/${epochs}`;
}

function numberText(value: number): string {
  return Number.isNaN(value) ? "" : formatDigits(value, 5);
}
