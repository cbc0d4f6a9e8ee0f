// Other people's logs as runs: what `hueristic import --from` does.

import { UserError } from "../../errors.ts";
import { formatCount } from "../../runs/format/numbers.ts";
import { plural } from "../../runs/format/words.ts";
import { type Context, type GlobalOptions, runsFlag, toJson } from "../context.ts";
import { plainText } from "../print/format.ts";

type Options = GlobalOptions & {
  readonly as: string | undefined;
  readonly name: string | undefined;
  readonly json: boolean;
};

/** Gives the exit code. */
export async function importLogs(
  folders: readonly string[],
  { runs, as, name, json }: Options,
  { print, output }: Context,
): Promise<number> {
  const [folder, another] = folders;
  if (folder === undefined || another !== undefined)
    throw new UserError(
      `import: --from tensorboard: expected one folder of event files, got ${folders.join(" ") || "none"}`,
    );
  if (as !== undefined) throw new UserError("import: expected --from or --as, got both");
  const { importTensorboard } = await import("../../runner/import/import-tensorboard.ts");
  const imported = await importTensorboard(runs, folder, name ?? null);
  for (const { problems } of imported) for (const problem of problems) output.warn(plainText(problem));
  if (json) print(toJson(imported));
  else
    for (const { id, already, name: called, values, pictures } of imported)
      print(
        already === null
          ? `run ${id}: ${plainText(called)}, ${formatCount(values)} values, ${plural(pictures, "picture")}, logged elsewhere\n`
          : `run ${already}: ${plainText(called)} is here already\n`,
      );
  const ids = imported.map(({ id, already }) => id ?? already).join(" ");
  if (!json) print(`compare them:  hueristic report ${ids}${runsFlag(runs)}\n`);
  return 0;
}
