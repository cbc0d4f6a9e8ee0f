// hueristic pack: runs with their checkpoints as one file, for `hueristic import` on another machine.

import { UserError } from "../../errors.ts";
import { formatBytes } from "../../format-bytes.ts";
import type { Command, GlobalOptions } from "../context.ts";
import { openExisting } from "../target/existing-store.ts";
import { findRuns, runReference } from "../target/run-references.ts";

type PackOptions = GlobalOptions & {
  readonly run: readonly string[] | undefined;
  readonly out: string | undefined;
  readonly force: boolean;
};

export const packCommand: Command<PackOptions> = {
  command: "pack [run..]",
  summary: "Make one file of runs and their checkpoints",
  options: (yargs) =>
    yargs
      .positional("run", { type: "string", array: true, describe: runReference })
      .option("out", {
        alias: "o",
        type: "string",
        requiresArg: true,
        describe: "The file: .tar.gz, .tar or, from Node 22.15 on, .tar.zst; <run>.tar.gz otherwise",
      })
      .option("force", { type: "boolean", default: false, describe: "Replace a file that is there" })
      .example("$0 pack latest -o best.tar.gz", "On the other machine: $0 import best.tar.gz"),

  async run({ run: refs = [], runs, out, force }, { print, output }) {
    if (refs.length === 0) throw new UserError("pack: expected a run, such as `hueristic pack latest`");
    const { requireWritable } = await import("../../runner/export/require-writable.ts");
    const { packRuns } = await import("../../runner/travel/archive.ts");
    const { statSync } = await import("node:fs");
    const store = await openExisting(runs, { readonly: true }, output);
    try {
      const ids = await findRuns(store, refs);
      const file = out ?? `${ids[0]}.tar.gz`;
      requireWritable(file, force);
      await packRuns(runs, ids, file);
      print(`${file}\n`);
      output.info(
        `${ids.length === 1 ? `run ${ids[0]}` : `${ids.length} runs`}, ${formatBytes(statSync(file).size)}`,
      );
      return 0;
    } finally {
      store.close();
    }
  },
};
