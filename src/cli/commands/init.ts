// hueristic init: an experiment to start from, in a folder of one's own.

import { mkdir, readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { messageOf, UserError } from "../../errors.ts";
import { shellWord } from "../../runs/format/words.ts";
import type { Command, GlobalOptions } from "../context.ts";

type InitOptions = GlobalOptions & { readonly folder: string; readonly force: boolean };

/** schema.json stands beside the experiment, whose first line names it: editors then show what every key means. */
const names = ["demo.yaml", "schema.json"];

const ours = new URL("../../../experiments/", import.meta.url);

export const initCommand: Command<InitOptions> = {
  command: "init [folder]",
  summary: "Write an experiment to start from, with the schema that editors read",
  options: (yargs) =>
    yargs
      .positional("folder", { type: "string", default: ".", describe: "Where experiments/ is made" })
      .option("force", {
        type: "boolean",
        default: false,
        describe: "Overwrite files that are there and differ",
      })
      .example("$0 init", "experiments/demo.yaml and experiments/schema.json"),

  async run({ folder, force }, { output, print }) {
    const files = await Promise.all(
      names.map(async (name) => ({
        file: path.join(folder, "experiments", name),
        content: await readFile(new URL(name, ours), "utf8"),
      })),
    );
    const differing: string[] = [];
    for (const { file, content } of files) {
      const there = await existing(file);
      if (there !== null && there !== content) differing.push(file);
    }
    if (differing.length > 0 && !force)
      throw new UserError(
        `${differing.join(" and ")}: there already, with other content; nothing was written (--force overwrites)`,
      );
    for (const { file, content } of files) await write(file, content);
    print(`${files.map(({ file }) => file).join("\n")}\n`);
    output.info(`next:  npx hueristic run ${shellWord(files[0]!.file)} --report`);
    return 0;
  },
};

async function existing(file: string): Promise<string | null> {
  try {
    return await readFile(file, "utf8");
  } catch (thrown) {
    if ((thrown as NodeJS.ErrnoException).code === "ENOENT") return null;
    throw new UserError(`${file}: cannot be read: ${messageOf(thrown)}`);
  }
}

async function write(file: string, content: string): Promise<void> {
  try {
    await mkdir(path.dirname(file), { recursive: true });
    await writeFile(file, content);
  } catch (thrown) {
    throw new UserError(`${file}: cannot be written: ${messageOf(thrown)}`);
  }
}
