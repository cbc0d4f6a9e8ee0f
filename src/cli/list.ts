// hueristic list: the runs of a folder, newest first.

import { UserError } from "../errors.ts";
import type { Command, GlobalOptions } from "./context.ts";
import { toJson } from "./context.ts";
import { colorStatus, formatAge, formatDuration, formatNumber, plainText } from "./format.ts";
import { mainMetrics } from "./measured-table.ts";
import type { ListedRun } from "./read-summary.ts";
import { type Column, formatTable } from "./table.ts";

type ListOptions = GlobalOptions & { readonly json: boolean; readonly limit: number };

export const listCommand: Command<ListOptions> = {
  command: "list",
  summary: "Table of the runs, newest first",
  options: (yargs) =>
    yargs
      .option("json", { type: "boolean", default: false, describe: "Machine-readable" })
      .option("limit", { type: "number", default: 50, describe: "The newest so many runs" })
      .example("$0 list", "The newest 50 runs")
      .example("$0 list --limit 5", "The newest 5 runs")
      .example("$0 list --json | jq '.[0].unseenLoss'", "For a script"),

  async run({ runs, json, limit }, { print, colors, width, output, now }) {
    if (!Number.isInteger(limit) || limit < 1)
      throw new UserError(`list: --limit: expected a whole number from 1, got ${limit}`);
    const listed = await readRuns(runs, limit);
    if (json) {
      print(toJson(listed?.rows ?? []));
      return 0;
    }
    if (listed === null || listed.rows.length === 0) {
      print(`no runs in ${runs} yet; start one with: hueristic run experiments/demo.yaml\n`);
      return 0;
    }
    const shown = [...columns(now(), colors), ...metricColumns(listed.rows)];
    const [titles, ...lines] = formatTable(shown, listed.rows, width);
    print(`${colors.bold(titles!)}\n${lines.join("\n")}\n`);
    const more = listed.total - listed.rows.length;
    if (more > 0) output.info(`and ${more} older; --limit ${listed.total} shows all`);
    return 0;
  },
};

/** null where there is no store. */
async function readRuns(runsFolder: string, limit: number) {
  const { existsSync } = await import("node:fs");
  const { databasePath } = await import("../store/open-database.ts");
  if (!existsSync(databasePath(runsFolder))) return null;
  const { openStore } = await import("../store/open-store.ts");
  const { readSummary } = await import("./read-summary.ts");
  const store = openStore(runsFolder, { readonly: true });
  try {
    const rows = store.summaries({ limit }).map((run) => readSummary(store, run));
    return { rows, total: rows.length < limit ? rows.length : store.listRuns().length };
  } finally {
    store.close();
  }
}

function columns(now: number, colors: Parameters<typeof colorStatus>[1]): readonly Column<ListedRun>[] {
  return [
    { title: "id", align: "left", expendable: 0, cell: (run) => run.id },
    { title: "name", align: "left", expendable: 0, shortest: 12, cell: (run) => plainText(run.name) },
    { title: "status", align: "left", expendable: 0, cell: (run) => colorStatus(run.status, colors) },
    { title: "model", align: "left", expendable: 6, cell: (run) => run.model },
    { title: "data", align: "left", expendable: 5, cell: (run) => run.dataset },
    { title: "epoch", align: "right", expendable: 1, cell: (run) => `${run.epoch}/${run.epochs}` },
    { title: "seen", align: "right", expendable: 3, cell: (run) => formatNumber(run.seenLoss) },
    { title: "unseen", align: "right", expendable: 1, cell: (run) => formatNumber(run.unseenLoss) },
    { title: "best", align: "right", expendable: 4, cell: (run) => formatNumber(run.bestUnseenLoss) },
    {
      title: "age",
      align: "right",
      expendable: 2,
      cell: (run) => formatAge(now - Date.parse(run.createdAt)),
    },
    { title: "took", align: "right", expendable: 4, cell: (run) => formatDuration(run.durationMs) },
  ];
}

/** Of unseen images, where a run has them. */
function metricColumns(rows: readonly ListedRun[]): readonly Column<ListedRun>[] {
  return mainMetrics
    .filter((metric) => rows.some(({ unseenMetrics }) => unseenMetrics[metric] !== undefined))
    .map((metric) => ({
      title: metric,
      align: "right",
      expendable: 4,
      cell: ({ unseenMetrics }) => formatNumber(unseenMetrics[metric]),
    }));
}
