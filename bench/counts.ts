// Options of benches that are whole numbers: --rounds 20.

import { parseArgs } from "node:util";
import { messageOf, UserError } from "../src/errors.ts";

/** `usual` names the options and what they are where they are left out. Throws UserError for anything else. */
export function countsOf<Name extends string>(
  args: readonly string[],
  usual: Readonly<Record<Name, number>>,
): Readonly<Record<Name, number>> {
  const names = Object.keys(usual) as Name[];
  const options = Object.fromEntries(names.map((name) => [name, { type: "string" as const }]));
  let values: Readonly<Record<string, unknown>>;
  try {
    values = parseArgs({ args: [...args], options }).values;
  } catch (thrown) {
    throw new UserError(messageOf(thrown), { cause: thrown });
  }
  const counts = names.map((name) => {
    const count = values[name] === undefined ? usual[name] : Number(values[name]);
    if (!Number.isInteger(count) || count < 1)
      throw new UserError(`--${name}: expected a whole number from 1 on, got ${values[name]}`);
    return [name, count];
  });
  return Object.fromEntries(counts);
}
