// Before many runs are changed at once a person is asked; a script says --yes.

import { UserError } from "../../errors.ts";
import { plural } from "../../runs/format/words.ts";
import { plainText } from "./format.ts";

type NamedRun = { readonly id: string; readonly name: string };

/** Throws UserError where there is nobody to ask. `does` is such as "remove", `ending` such as "for good". */
export async function confirmed(
  command: string,
  does: string,
  runs: readonly NamedRun[],
  ending: string,
): Promise<boolean> {
  const counted = runs.length === 1 ? "one run" : plural(runs.length, "run");
  if (!process.stdin.isTTY)
    throw new UserError(`${command}: would ${does} ${counted} ${ending}; --yes does so without asking`);
  const { createInterface } = await import("node:readline/promises");
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  try {
    const names = runs.slice(0, 5).map(({ id, name }) => `${id} ${plainText(name)}`);
    const more = runs.length > 5 ? ` and ${runs.length - 5} more` : "";
    // Ctrl-C and Ctrl-D are no: the question itself would wait for ever.
    const gone = new Promise<string>((resolve) => terminal.once("close", () => resolve("")));
    const asked = terminal.question(`${does} ${counted} ${ending} (${names.join(", ")}${more})? [y/N] `);
    const answer = await Promise.race([asked.catch(() => ""), gone]);
    if (answer === "") process.stderr.write("\n");
    return /^y(es)?$/i.test(answer.trim());
  } finally {
    terminal.close();
  }
}
