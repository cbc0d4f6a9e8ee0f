// hueristic router: specialists and the classifier that chooses among them. A new command of it is an import and a line.

import type { Argv } from "yargs";
import { UserError } from "../../errors.ts";
import { nearMiss } from "../../near-miss.ts";
import type { Command, GlobalOptions } from "../context.ts";
import type { AddCommand } from "./data.ts";
import { routerBuildCommand } from "./router-build.ts";
import { routerReportCommand } from "./router-report.ts";

type RouterOptions = GlobalOptions & { readonly command: string | undefined };

export function routerCommand(add: AddCommand): Command<RouterOptions> {
  const known: string[] = [];
  return {
    command: "router [command]",
    summary: "Specialists, and the classifier that chooses among them",
    options(yargs) {
      const addHere = <Options>(command: Command<Options>) => {
        known.push(command.command.split(" ")[0]!);
        add(command, yargs);
      };
      addHere(routerBuildCommand);
      addHere(routerReportCommand);
      // Not described as a positional: the help of every command below would show it.
      return yargs
        .example(
          "$0 router build experiments/routers/specialists.yaml",
          "Try its networks out and store what they say",
        )
        .example("$0 colorize ~/Scans --router specialists --out colored", "Use it") as Argv<RouterOptions>;
    },
    /** Runs where none of its commands was given. */
    async run({ command }) {
      const list = `(known: ${known.join(", ")}) (hueristic router --help)`;
      if (command === undefined) throw new UserError(`router: expected a command ${list}`);
      const near = nearMiss(command, known);
      throw new UserError(
        `router: unknown command ${command}${near === null ? "" : `; did you mean ${near}?`} ${list}`,
      );
    },
  };
}
