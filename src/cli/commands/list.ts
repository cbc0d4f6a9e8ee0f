// hueristic list: the runs of a folder, newest first, or those that fulfil an expression in any order.

import { UserError } from "../../errors.ts";
import { csvLine } from "../../query/csv-line.ts";
import { type FieldValue, textOf } from "../../query/matches.ts";
import { formatAge, formatDuration } from "../../runs/format/times.ts";
import { mainMetrics } from "../../store/read-metrics.ts";
import type { Command, Context, GlobalOptions } from "../context.ts";
import { toJson } from "../context.ts";
import { colorStatus, numberOrDash, plainText } from "../print/format.ts";
import type { ListedRun } from "../print/read-summary.ts";
import { type Column, formatTable } from "../print/table.ts";
import { requireWhole } from "../target/whole-option.ts";

type ListOptions = GlobalOptions & {
  readonly json: boolean;
  readonly csv: boolean;
  readonly limit: number | undefined;
  readonly where: string | undefined;
  readonly sort: string | undefined;
  readonly columns: string | undefined;
  readonly deleted: boolean;
};

/** Lines that a reader looks over; a script gets all. */
const usualLimit = 50;

export const listCommand: Command<ListOptions> = {
  command: "list",
  summary: "Table of the runs, newest first",
  options: (yargs) =>
    yargs
      .option("where", {
        type: "string",
        requiresArg: true,
        describe: "Only runs of which this is true: fields, = != < <= > >= ~ in, and or not, parentheses",
      })
      .option("sort", {
        type: "string",
        requiresArg: true,
        describe: "By these fields; field:desc begins with the greatest",
      })
      .option("columns", { type: "string", requiresArg: true, describe: "These fields, in this order" })
      .option("limit", {
        type: "number",
        describe: `The first so many runs; ${usualLimit} in a table, all with --json or --csv`,
      })
      .option("deleted", { type: "boolean", default: false, describe: "Those in the trash" })
      .option("json", { type: "boolean", default: false, describe: "Machine-readable" })
      .option("csv", { type: "boolean", default: false, describe: "For a spreadsheet" })
      .example("$0 list", `The newest ${usualLimit} runs`)
      .example(
        "$0 list --where 'metrics.unseen.psnr > 22 and config.train.optimizer.name = adam'",
        "docs/runs.md has the fields",
      )
      .example("$0 list --sort metrics.unseen.psnr.best:desc --limit 5", "The best five")
      .example(
        "$0 list --columns id,config.train.batch_size,metrics.unseen.loss.best --csv",
        "A table of one's own",
      )
      .example("$0 list --json | jq '.[0].unseenLoss'", "For a script"),

  async run(options, context) {
    const { runs, json, csv, deleted } = options;
    const limit = options.limit ?? (json || csv ? Number.MAX_SAFE_INTEGER : usualLimit);
    requireWhole("list: --limit", limit, 1);
    if (json && csv) throw new UserError("list: expected --json or --csv, got both");
    const listed = await readRuns({ ...options, limit }, context);
    if (listed === null || (listed.rows.length === 0 && !json && !csv)) {
      if (json || csv) context.print(json ? toJson([]) : "");
      else context.print(`${nothing(options)}\n`);
      return 0;
    }
    if (listed.columns !== null || csv) printColumns(listed, options, context);
    else if (json) context.print(toJson(listed.rows));
    else printTable(listed.rows, context);
    for (const note of listed.notes) context.output.warn(note);
    const more = listed.total - listed.rows.length;
    if (more > 0) context.output.info(`and ${more} more; --limit ${listed.total} shows all`);
    return 0;

    function nothing({ where }: ListOptions): string {
      if (where !== undefined) return "no run fulfils --where";
      if (deleted) return "the trash is empty";
      return `no runs in ${runs} yet; start one with: hueristic run experiments/demo.yaml`;
    }
  },
};

type Listed = {
  readonly rows: readonly ListedRun[];
  readonly total: number;
  /** Those of --columns, or the usual ones of --csv; null shows the usual table. */
  readonly columns: readonly string[] | null;
  /** Row by row. */
  readonly cells: readonly (readonly FieldValue[])[];
  readonly notes: readonly string[];
};

const usualCsv =
  "id,name,status,model,dataset,seed,epoch,metrics.seen.loss,metrics.unseen.loss,created,duration";

/** null where there is no store. */
async function readRuns(
  { runs, limit, where, sort, columns, csv, deleted }: ListOptions & { readonly limit: number },
  { output }: Context,
): Promise<Listed | null> {
  const { openIfThere } = await import("../target/existing-store.ts");
  const { readSummary } = await import("../print/read-summary.ts");
  const { selectSummaries } = await import("../../query/select-summaries.ts");
  const store = await openIfThere(runs, output);
  if (store === null) return null;
  try {
    const query = {
      where: where ?? null,
      sort: sort ?? null,
      columns: columns ?? (csv ? usualCsv : null),
      limit,
      deleted,
    };
    const { selected, total, names, cells, notes } = selectSummaries(store, query);
    return { rows: selected.map((run) => readSummary(store, run)), total, columns: names, cells, notes };
  } finally {
    store.close();
  }
}

function printTable(rows: readonly ListedRun[], { print, colors, width, now }: Context): void {
  const shown = [...usualColumns(now(), colors), ...metricColumns(rows)];
  const [titles, ...lines] = formatTable(shown, rows, width);
  print(`${colors.bold(titles!)}\n${lines.join("\n")}\n`);
}

function printColumns(
  { columns, cells }: Listed,
  { json, csv }: ListOptions,
  { print, colors, width }: Context,
): void {
  const names = columns!;
  if (json) {
    print(toJson(cells.map((row) => Object.fromEntries(names.map((name, at) => [name, row[at]])))));
    return;
  }
  if (csv) {
    print([names, ...cells].map(csvLine).join(""));
    return;
  }
  const shown = names.map(
    (name, at): Column<readonly FieldValue[]> => ({
      title: name.replace(/^(metrics|config)\./, ""),
      align: cells.every((row) => typeof row[at] === "number" || row[at] === null) ? "right" : "left",
      expendable: 0,
      shortest: 8,
      cell: (row) => cellText(row[at]!),
    }),
  );
  const [titles, ...lines] = formatTable(shown, cells, width);
  print(`${colors.bold(titles!)}\n${lines.join("\n")}\n`);
}

function cellText(value: FieldValue): string {
  if (typeof value === "number" || value === null) return numberOrDash(value);
  return plainText(textOf(value));
}

function usualColumns(now: number, colors: Parameters<typeof colorStatus>[1]): readonly Column<ListedRun>[] {
  return [
    { title: "id", align: "left", expendable: 0, cell: (run) => run.id },
    { title: "name", align: "left", expendable: 0, shortest: 12, cell: (run) => plainText(run.name) },
    { title: "status", align: "left", expendable: 0, cell: (run) => colorStatus(run.status, colors) },
    { title: "model", align: "left", expendable: 6, cell: (run) => run.model },
    { title: "data", align: "left", expendable: 5, cell: (run) => run.dataset },
    { title: "epoch", align: "right", expendable: 1, cell: (run) => epochsOf(run) },
    { title: "seen", align: "right", expendable: 3, cell: (run) => numberOrDash(run.seenLoss) },
    { title: "unseen", align: "right", expendable: 1, cell: (run) => numberOrDash(run.unseenLoss) },
    { title: "best", align: "right", expendable: 4, cell: (run) => numberOrDash(run.bestUnseenLoss) },
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
      cell: ({ unseenMetrics }) => numberOrDash(unseenMetrics[metric]),
    }));
}

/** Such as 8/20; of a network that was trained elsewhere nobody knows. */
function epochsOf({ dataset, epoch, epochs }: ListedRun): string {
  return dataset === "elsewhere" ? "-" : `${epoch}/${epochs}`;
}
