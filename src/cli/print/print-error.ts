// Errors as the user sees them: what can be mended in a line or a few, a bug with its stack.

import { messageOf, UserError } from "../../errors.ts";
import { colorsOf } from "../../output.ts";

/** Gives the exit code: 2 for a UserError, 1 for a bug. */
export function printError(thrown: unknown, debug: boolean, stream: NodeJS.WriteStream): number {
  const prefix = `${colorsOf(stream).red("error:")} `;
  const stack = thrown instanceof Error ? (thrown.stack ?? thrown.message) : messageOf(thrown);
  if (thrown instanceof UserError) {
    stream.write(`${prefix}${thrown.message}\n`);
    if (debug) stream.write(`${stack}\n`);
    return 2;
  }
  stream.write(`${prefix}${stack}\n`);
  stream.write(
    "this is a bug in Hueristic: please report it with these lines and `hueristic doctor --json`\n",
  );
  return 1;
}
