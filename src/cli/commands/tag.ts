// hueristic tag: words that runs are found by.

import { UserError } from "../../errors.ts";
import type { Command, GlobalOptions } from "../context.ts";
import { plainText } from "../print/format.ts";
import { openExisting } from "../target/existing-store.ts";
import { findRuns, runReference } from "../target/run-references.ts";

type TagOptions = GlobalOptions & {
  readonly run: string;
  readonly tag: readonly string[] | undefined;
  readonly remove: readonly string[] | undefined;
};

const mostCharacters = 200;

export const tagCommand: Command<TagOptions> = {
  command: "tag <run> [tag..]",
  summary: "Add tags to runs, take some away, or see them",
  lists: ["remove"],
  options: (yargs) =>
    yargs
      .positional("run", {
        type: "string",
        demandOption: true,
        describe: `${runReference}; of several each is tagged`,
      })
      .positional("tag", { type: "string", array: true, describe: "To add; none shows those that it has" })
      .option("remove", { type: "string", array: true, requiresArg: true, describe: "To take away" })
      .example("$0 tag latest baseline paper", "Add two")
      .example("$0 tag k3v9 --remove paper", "Take one away")
      .example("$0 list --where 'tags = baseline'", "Find them; `hueristic report baseline` compares them"),

  async run({ run: ref, tag: added = [], remove: removed = [], runs }, { print, output }) {
    for (const tag of added) requireTag(tag);
    const store = await openExisting(runs, { readonly: added.length + removed.length === 0 }, output);
    try {
      for (const id of await findRuns(store, [ref])) {
        for (const tag of removed) store.removeTag(id, tag);
        for (const tag of added) store.addTag(id, tag);
        print(`${id}: ${store.getRun(id).tags.map(plainText).join(", ") || "no tags"}\n`);
      }
      return 0;
    } finally {
      store.close();
    }
  },
};

function requireTag(tag: string): void {
  if (tag.trim() !== tag || tag === "" || /[,\p{Cc}]/u.test(tag) || tag.length > mostCharacters)
    throw new UserError(
      `tag: expected a word or words without commas, at most ${mostCharacters} characters, got ${JSON.stringify(tag.slice(0, 60))}`,
    );
}
