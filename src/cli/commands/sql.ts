// hueristic sql: a question to the store in SQL, for reading only. docs/store.md describes the views.

import { UserError } from "../../errors.ts";
import { csvLine } from "../../query/csv-line.ts";
import { formatCount } from "../../runs/format/numbers.ts";
import type { SqlAnswer, SqlValue } from "../../store/query-sql.ts";
import { type Command, type Context, type GlobalOptions, toJson } from "../context.ts";
import { numberOrDash, plainText } from "../print/format.ts";
import { type Column, formatTable } from "../print/table.ts";
import { openExisting } from "../target/existing-store.ts";

type SqlOptions = GlobalOptions & {
  readonly query: string | undefined;
  readonly json: boolean;
  readonly csv: boolean;
};

/** Rows that a table shows; a script gets all. */
const mostRows = 1000;

export const sqlCommand: Command<SqlOptions> = {
  command: "sql [query]",
  summary: "Ask the store in SQL; nothing can be changed",
  options: (yargs) =>
    yargs
      .positional("query", { type: "string", describe: "One SELECT; docs/store.md has the views" })
      .option("json", { type: "boolean", default: false, describe: "Machine-readable" })
      .option("csv", { type: "boolean", default: false, describe: "For a spreadsheet" })
      .example('$0 sql "select name, status, best_unseen_loss from run_summary"', "Where all runs stand")
      .example(
        `$0 sql "select epoch, value from scalar_values where series = 'unseen/psnr'" --csv`,
        "A curve for another program",
      ),

  async run({ runs, query, json, csv }, context) {
    if (query === undefined)
      throw new UserError(
        'sql: expected a query, such as `hueristic sql "select name, status from run_summary"`',
      );
    if (json && csv) throw new UserError("sql: expected --json or --csv, got both");
    const { querySql } = await import("../../store/query-sql.ts");
    (await openExisting(runs, { readonly: true }, context.output)).close(); // merges what is new
    const print = json ? printJson : csv ? printCsv : printTable;
    await querySql(runs, query, (answer) => print(answer, context));
    return 0;
  },
};

function printJson({ columns, rows }: SqlAnswer, { print }: Context): void {
  const twice = columns.find((name, at) => columns.indexOf(name) !== at);
  if (twice !== undefined)
    throw new UserError(
      `sql: --json: expected every column once, got ${twice} twice; AS gives one another name`,
    );
  const objects = Array.from(rows, (row) =>
    Object.fromEntries(columns.map((name, at) => [name, scriptValue(row[at]!)])),
  );
  print(toJson(objects));
}

function printCsv({ columns, rows }: SqlAnswer, { printAll }: Context): Promise<void> {
  function* lines(): Generator<string> {
    yield csvLine(columns);
    for (const row of rows) yield csvLine(row.map(scriptValue));
  }
  return printAll(lines());
}

function printTable({ columns, rows }: SqlAnswer, { print, colors, width, output }: Context): void {
  const shown: (readonly SqlValue[])[] = [];
  let count = 0;
  for (const row of rows) {
    if (shown.length < mostRows) shown.push(row);
    count++;
  }
  const table = columns.map(
    (name, at): Column<readonly SqlValue[]> => ({
      title: plainText(name),
      align: shown.every((row) => row[at] === null || isNumber(row[at]!)) ? "right" : "left",
      expendable: 0,
      shortest: 8,
      cell: (row) => cellText(row[at]!),
    }),
  );
  const [titles, ...lines] = formatTable(table, shown, width);
  print(`${[colors.bold(titles!), ...lines].join("\n")}\n`);
  if (count > shown.length)
    output.info(`and ${formatCount(count - shown.length)} rows more; --csv and --json give all`);
}

function isNumber(value: SqlValue): value is number | bigint {
  return typeof value === "number" || typeof value === "bigint";
}

function cellText(value: SqlValue): string {
  if (value === null || typeof value === "number") return numberOrDash(value);
  if (value instanceof Uint8Array) return `${formatCount(value.length)} bytes`;
  return plainText(String(value));
}

/** Bytes as hexadecimal, as SQLite's hex(); whole numbers beyond 2^53 as their digits. */
function scriptValue(value: SqlValue): number | string | null {
  if (value instanceof Uint8Array) return Buffer.from(value).toString("hex").toUpperCase();
  return typeof value === "bigint" ? String(value) : value;
}
