// What every command is given, and the options that all share.

import path from "node:path";
import type { Argv } from "yargs";
import type { Colors, Output } from "../output.ts";
import { shellWord } from "../runs/format/words.ts";
import type { Pieces } from "./print/write-all.ts";

export type GlobalOptions = { readonly runs: string; readonly debug: boolean };

export type Context = {
  /** For people: standard error. */
  readonly output: Output;
  /** For people and scripts: standard output. */
  print(text: string): void;
  /** The same of many pieces one after the other, while they are read. */
  printAll(pieces: Pieces): Promise<void>;
  /** Of standard output. */
  readonly colors: Colors;
  /** Columns of the terminal on standard output; null where it is none. */
  readonly width: number | null;
  readonly now: () => number;
  /** Prints anything that was thrown and returns its exit code: 2 for what the user can mend, 1 for a bug. */
  reportError(thrown: unknown, debug: boolean): number;
};

/** One command: `run` gives the exit code. */
export type Command<Options> = {
  readonly command: string;
  readonly summary: string;
  /** Options that may be given several times; of all others the last one holds. */
  readonly lists?: readonly string[];
  options(yargs: Argv<GlobalOptions>): Argv<Options>;
  run(options: Options, context: Context): Promise<number>;
};

export const defaultRunsFolder = "runs";

/** In place of a lone dash among files, which yargs loses. */
export const standardInput = "/dev/stdin";

/** The --runs that a command printed for the user must carry, with a space in front; "" for the default folder. */
export function runsFlag(runsFolder: string): string {
  const usual = process.env.HUERISTIC_RUNS || defaultRunsFolder;
  if (path.resolve(runsFolder) === path.resolve(usual)) return "";
  return ` --runs ${shellWord(runsFolder)}`;
}

/** JSON for scripts: NaN and infinities, which JSON lacks, become null. */
export function toJson(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}
