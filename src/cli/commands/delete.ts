// hueristic delete and restore: runs into the trash and out of it.

import { UserError } from "../../errors.ts";
import { runsMeant } from "../../runs/references.ts";
import type { Store } from "../../store/open-store.ts";
import type { RunRow } from "../../store/rows.ts";
import { type Command, type Context, type GlobalOptions, runsFlag } from "../context.ts";
import { confirmed } from "../print/confirm.ts";
import { plainText } from "../print/format.ts";
import { openExisting } from "../target/existing-store.ts";
import { findRuns, runReference } from "../target/run-references.ts";

type DeleteOptions = GlobalOptions & {
  readonly run: readonly string[] | undefined;
  readonly where: string | undefined;
  readonly yes: boolean;
  readonly "dry-run": boolean;
};

export const deleteCommand: Command<DeleteOptions> = {
  command: "delete [run..]",
  summary: "Put runs into the trash",
  options: (yargs) =>
    yargs
      .positional("run", { type: "string", array: true, describe: runReference })
      .option("where", { type: "string", requiresArg: true, describe: "All runs of which this is true" })
      .option("yes", {
        type: "boolean",
        default: false,
        describe: "Do not ask where --where finds several",
      })
      .option("dry-run", { type: "boolean", default: false, describe: "Say what would go, delete nothing" })
      .example("$0 delete k3v9 7hq2", "Two runs; $0 restore brings them back")
      .example("$0 delete --where 'status = FAILED and epoch < 2'", "Asks first where they are several")
      .example("$0 delete --where 'created < 2026-01-01' --dry-run", "Only see them")
      .example("$0 purge", "Empty the trash"),

  async run({ run: refs = [], where, runs, yes, "dry-run": dryRun }, context) {
    if (refs.length === 0 && where === undefined)
      throw new UserError("delete: expected runs, or --where with what is true of them");
    const store = await openExisting(runs, { readonly: dryRun }, context.output);
    try {
      const fulfilled = await fulfilling(store, where);
      const found = new Set([...(await findRuns(store, refs)), ...fulfilled]);
      const doomed = store.listRuns().filter(({ id }) => found.has(id));
      if (doomed.length === 0) context.output.info("no run fulfils --where");
      if (dryRun) return preview(doomed, context);
      // What was named is meant; --where may find more than a person thinks of.
      if (fulfilled.length > 1 && !yes && !(await confirmed("delete", "put", doomed, "into the trash"))) {
        context.output.info("nothing was deleted");
        return 0;
      }
      const failed = each(store, [...found], context, (id) => store.trashRun(id), "in the trash");
      if (found.size > failed)
        context.output.info(`to bring them back: hueristic restore <run>${runsFlag(runs)}`);
      return failed > 0 ? 2 : 0;
    } finally {
      store.close();
    }
  },
};

/** One line a run, as deleting would print them. */
function preview(doomed: readonly RunRow[], { print }: Context): number {
  for (const { id, name, status } of doomed) {
    const would = status === "RUNNING" ? "is still running and would stay" : "would go into the trash";
    print(`${id} ${plainText(name)}: ${would}\n`);
  }
  return 0;
}

export const restoreCommand: Command<GlobalOptions & { readonly run: readonly string[] | undefined }> = {
  command: "restore <run..>",
  summary: "Bring runs back from the trash",
  options: (yargs) =>
    yargs
      .positional("run", {
        type: "string",
        array: true,
        describe: "As `list --deleted` shows them; latest, tags",
      })
      .example("$0 list --deleted", "See the trash")
      .example("$0 restore k3v9", "Bring one back"),

  async run({ run: refs = [], runs }, context) {
    const store = await openExisting(runs, { readonly: false }, context.output);
    try {
      const ids = runsMeant(refs, store.knownDeleted);
      each(store, ids, context, (id) => store.restoreRun(id), "restored");
      return 0;
    } finally {
      store.close();
    }
  },
};

async function fulfilling(store: Store, where: string | undefined): Promise<string[]> {
  if (where === undefined) return [];
  const { selectSummaries } = await import("../../query/select-summaries.ts");
  const query = { where, sort: null, columns: null, limit: Number.MAX_SAFE_INTEGER, deleted: false };
  return selectSummaries(store, query).selected.map(({ id }) => id);
}

/** Says of each run what became of it; one that cannot be changed does not stop the next. Gives how many could not. */
function each(
  store: Store,
  ids: readonly string[],
  { print, reportError }: Context,
  change: (id: string) => void,
  done: string,
): number {
  const names = new Map(
    [...store.listRuns(), ...store.listRuns({ deleted: true })].map(({ id, name }) => [id, name]),
  );
  let failed = 0;
  for (const id of ids) {
    try {
      change(id);
      print(`${id} ${plainText(names.get(id) ?? "")}: ${done}\n`);
    } catch (thrown) {
      if (!(thrown instanceof UserError)) throw thrown;
      reportError(thrown, false);
      failed++;
    }
  }
  return failed;
}
