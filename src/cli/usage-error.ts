// What yargs says about a command line that it does not understand, with the name that was probably meant.

import { UserError } from "../errors.ts";
import { nearMiss } from "../near-miss.ts";

export type Known = {
  readonly commands: readonly string[];
  /** Of the command that was given. */
  readonly options: readonly string[];
};

/** One line, such as `unknown option --jsn; did you mean --json? (hueristic list --help)`. */
export function usageError(message: string, argv: readonly string[], known: Known): UserError {
  const command = argv.find((argument) => known.commands.includes(argument));
  const help = `(${["hueristic", ...(command === undefined ? [] : [command]), "--help"].join(" ")})`;
  const unknown = /^Unknown (?:argument|command)s?: (.*)$/s.exec(message);
  if (unknown === null) return new UserError(`${worded(message, command)} ${help}`);

  // yargs names an option in camelCase too.
  const names = [...new Set(unknown[1]!.split(", "))].filter(
    (name, _, all) => isWritten(name, argv) || !all.some((other) => other !== name && camel(other) === name),
  );
  const found = names.map((name) => {
    const given = argv.find((argument) => argument.replace(/=.*/s, "").replace(/^--?/, "") === name);
    if (given === name && command === undefined)
      return `${describe("command", name, "", known.commands)} (known: ${known.commands.join(", ")})`;
    if (given === name) return `${command}: unexpected ${JSON.stringify(name)}`;
    return describe("option", name, name.length > 1 ? "--" : "-", known.options);
  });
  return new UserError(`${found.join("; ")} ${help}`);
}

/** What commands want first that want no run. */
const firstArguments: Readonly<Record<string, string>> = {
  sweep: "a file: a sweep, or an experiment followed by such as train.batch_size=16,32",
  agent: "a sweep: its id, the beginning of it, its name or latest",
};

function worded(message: string, command: string | undefined): string {
  if (message.startsWith("Not enough non-option arguments") && command !== undefined)
    return `${command}: expected ${firstArguments[command] ?? "a run: an id, its beginning, a name or latest"}`;
  return `${message.charAt(0).toLowerCase()}${message.slice(1)}`;
}

function isWritten(name: string, argv: readonly string[]): boolean {
  return argv.some((argument) => argument.replace(/=.*/s, "").replace(/^--?/, "") === name);
}

function camel(name: string): string {
  return name.replaceAll(/-(\w)/g, (_, letter: string) => letter.toUpperCase());
}

function describe(what: string, name: string, dashes: string, known: readonly string[]): string {
  const near = nearMiss(name, known);
  return `unknown ${what} ${dashes}${name}${near === null ? "" : `; did you mean ${dashes}${near}?`}`;
}
