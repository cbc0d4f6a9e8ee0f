// A command of commands, such as `hueristic data`.

import type { Argv } from "yargs";
import { UserError } from "../errors.ts";
import { nearMiss } from "../near-miss.ts";
import type { Command, GlobalOptions } from "./context.ts";

/** Registers a command with a parser. */
export type AddCommand = <Options>(command: Command<Options>, parser: Argv<GlobalOptions>) => void;

type GroupOptions = GlobalOptions & { readonly command: string | undefined };

type Group = {
  readonly name: string;
  readonly summary: string;
  /** Command lines and what they are for. */
  readonly examples: readonly (readonly [line: string, what: string])[];
  /** Adds each of its commands. */
  addAll(add: <Options>(command: Command<Options>) => void): void;
};

export function commandGroup(
  add: AddCommand,
  { name, summary, examples, addAll }: Group,
): Command<GroupOptions> {
  const known: string[] = [];
  return {
    command: `${name} [command]`,
    summary,
    options(yargs) {
      addAll((command) => {
        known.push(command.command.split(" ")[0]!);
        add(command, yargs);
      });
      // Not described as a positional: the help of every command below would show it.
      for (const [line, what] of examples) yargs.example(line, what);
      return yargs as Argv<GroupOptions>;
    },
    /** Runs where none of its commands was given. */
    async run({ command }) {
      const list = `(known: ${known.join(", ")}) (hueristic ${name} --help)`;
      if (command === undefined) throw new UserError(`${name}: expected a command ${list}`);
      const near = nearMiss(command, known);
      const hint = near === null ? "" : `; did you mean ${near}?`;
      throw new UserError(`${name}: unknown command ${command}${hint} ${list}`);
    },
  };
}
