// hueristic note: what a person has to say about a run.

import { UserError } from "../../errors.ts";
import type { Command, GlobalOptions } from "../context.ts";
import { plainText } from "../print/format.ts";
import { openExisting } from "../target/existing-store.ts";
import { findRun, runReference } from "../target/run-references.ts";

type NoteOptions = GlobalOptions & { readonly run: string; readonly text: string | undefined };

const mostCharacters = 100_000;

export const noteCommand: Command<NoteOptions> = {
  command: "note <run> [text]",
  summary: "Write a note about a run, or read it",
  options: (yargs) =>
    yargs
      .positional("run", {
        type: "string",
        demandOption: true,
        describe: runReference,
      })
      .positional("text", { type: "string", describe: 'In place of the one before; "" removes it' })
      .example('$0 note latest "collapsed to brown; try a lower rate"', "show, list and reports have it")
      .example("$0 note latest", "Read it"),

  async run({ run: ref, text, runs }, { print, output }) {
    if (text !== undefined && text.length > mostCharacters)
      throw new UserError(`note: expected at most ${mostCharacters} characters, got ${text.length}`);
    const store = await openExisting(runs, { readonly: text === undefined }, output);
    try {
      const id = await findRun(store, ref);
      if (text !== undefined) store.setNote(id, text);
      const { note } = store.getRun(id);
      print(note === "" ? `${id}: no note\n` : `${id}: ${plainText(note)}\n`);
      return 0;
    } finally {
      store.close();
    }
  },
};
