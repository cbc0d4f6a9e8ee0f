// Options of benches that are whole numbers: --rounds 20.

import { parseArgs } from "node:util";
import { UserError } from "../src/errors.ts";

/** `usual` names the options and what they are where they are left out. Throws UserError for other numbers, and what `parseArgs` throws. */
export function countsOf<Name extends string>(
  args: readonly string[],
  usual: Readonly<Record<Name, number>>,
): Readonly<Record<Name, number>> {
  const names = Object.keys(usual) as Name[];
  const options = Object.fromEntries(names.map((name) => [name, { type: "string" as const }]));
  const values: Readonly<Record<string, unknown>> = parseArgs({ args: [...args], options }).values;
  const counts = names.map((name) => {
    const count = values[name] === undefined ? usual[name] : Number(values[name]);
    if (!Number.isInteger(count) || count < 1)
      throw new UserError(`--${name}: expected a whole number from 1 on, got ${values[name]}`);
    return [name, count];
  });
  return Object.fromEntries(counts);
}
