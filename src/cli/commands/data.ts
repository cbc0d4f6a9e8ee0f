// hueristic data: the commands about data sets on disk. A new one is an import and one `addHere`.

import type { Argv } from "yargs";
import { UserError } from "../../errors.ts";
import { nearMiss } from "../../near-miss.ts";
import type { Command, GlobalOptions } from "../context.ts";
import { dataCheckCommand } from "./data-check.ts";
import { dataCleanCommand } from "./data-clean.ts";
import { dataFetchCommand } from "./data-fetch.ts";
import { dataInfoCommand } from "./data-info.ts";

/** Registers a command with a parser. */
export type AddCommand = <Options>(command: Command<Options>, parser: Argv<GlobalOptions>) => void;

type DataOptions = GlobalOptions & { readonly command: string | undefined };

export function dataCommand(add: AddCommand): Command<DataOptions> {
  const known: string[] = [];
  return {
    command: "data [command]",
    summary: "Fetch data sets, see what is in them, and clean up",
    options(yargs) {
      const addHere = <Options>(command: Command<Options>) => {
        known.push(command.command.split(" ")[0]!);
        add(command, yargs);
      };
      addHere(dataFetchCommand);
      addHere(dataCheckCommand);
      addHere(dataInfoCommand);
      addHere(dataCleanCommand);
      // Not described as a positional: the help of every command below would show it.
      return yargs
        .example("$0 data fetch --list", "What can be fetched")
        .example("$0 data info latest", "What the newest run was trained on") as Argv<DataOptions>;
    },
    /** Runs where none of its commands was given. */
    async run({ command }) {
      const list = `(known: ${known.join(", ")}) (hueristic data --help)`;
      if (command === undefined) throw new UserError(`data: expected a command ${list}`);
      const near = nearMiss(command, known);
      throw new UserError(
        `data: unknown command ${command}${near === null ? "" : `; did you mean ${near}?`} ${list}`,
      );
    },
  };
}
