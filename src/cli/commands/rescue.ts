// hueristic rescue: what can be read of a damaged runs.db, as a new one in another folder.

import { formatCount } from "../../runs/format/numbers.ts";
import { plural, shellWord } from "../../runs/format/words.ts";
import type { RescuedTable } from "../../store/rescue/rescue-store.ts";
import { type Command, type GlobalOptions, toJson } from "../context.ts";

type RescueOptions = GlobalOptions & {
  readonly folder: string | undefined;
  readonly out: string | undefined;
  readonly json: boolean;
};

export const rescueCommand: Command<RescueOptions> = {
  command: "rescue [folder]",
  summary: "Save what can be read of a damaged runs.db into a new folder",
  options: (yargs) =>
    yargs
      .positional("folder", { type: "string", describe: "The runs folder; that of --runs where left out" })
      .option("out", {
        alias: "o",
        type: "string",
        requiresArg: true,
        describe: "The folder of the new runs.db; <folder>-rescued otherwise",
      })
      .option("json", { type: "boolean", default: false, describe: "Machine-readable" })
      .example("$0 rescue --out runs-rescued", "The damaged file is only read"),

  async run({ folder, runs, out, json }, { print, output, now }) {
    const { rescueStore } = await import("../../store/rescue/rescue-store.ts");
    const from = folder ?? runs;
    const to = out ?? `${from.replace(/[/\\]+$/, "")}-rescued`;
    const tables = rescueStore(from, to, now);
    if (json) {
      print(toJson(tables));
      return 0;
    }
    for (const table of tables) print(`${line(table)}\n`);
    const lost = tables.some(isIncomplete);
    output.info(
      lost
        ? `what could be read is in ${to}; ${from} is as it was`
        : `all rows are in ${to}: no page of a table was damaged; ${from} is as it was`,
    );
    output.info(
      `checkpoints are still in ${from}: move the folders of runs beside the new runs.db, then use --runs ${shellWord(to)}`,
    );
    return 0;
  },
};

function isIncomplete({ pages, unreadable, refused, orphaned }: RescuedTable): boolean {
  return pages === null || pages + unreadable + refused + orphaned > 0;
}

/** Such as "scalars: 4,812 rows, about 240 lost (2 damaged pages), 30 of lost rows". */
function line({ table, rows, pages, unreadable, known, refused, orphaned, rebuilt }: RescuedTable): string {
  if (pages === null) return `${table}: all rows lost: its place in the file could not be read`;
  const amount = known === "exact" ? formatCount(unreadable) : `${known} ${formatCount(unreadable)}`;
  const where = pages === 0 ? "" : ` (${plural(pages, "damaged page")})`;
  return [
    `${table}: ${plural(rows, "row")}`,
    unreadable > 0 || pages > 0 ? `, ${amount} lost${where}` : "",
    refused > 0 ? `, ${formatCount(refused)} that are not as they were written` : "",
    orphaned > 0 ? `, ${formatCount(orphaned)} that mean nothing without lost ones` : "",
    rebuilt > 0 ? `, ${formatCount(rebuilt)} put together anew` : "",
  ].join("");
}
