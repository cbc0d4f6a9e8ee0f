// hueristic purge: empties the trash, so that nothing of its runs is left. Files go before rows: a purge that is killed
// leaves the run in the trash, and the next one ends it. On a disk with no room at all the files make it for the rows.

import { UserError } from "../../errors.ts";
import { formatBytes } from "../../format-bytes.ts";
import type { Output } from "../../output.ts";
import { runsMeant } from "../../runs/references.ts";
import type { Store } from "../../store/open-store.ts";
import type { Command, GlobalOptions } from "../context.ts";
import { confirmed } from "../print/confirm.ts";
import { plainText } from "../print/format.ts";
import { openExisting } from "../target/existing-store.ts";

type PurgeOptions = GlobalOptions & {
  readonly run: readonly string[] | undefined;
  readonly "older-than": string | undefined;
  readonly yes: boolean;
  readonly "dry-run": boolean;
};

export const purgeCommand: Command<PurgeOptions> = {
  command: "purge [run..]",
  summary: "Remove the runs in the trash for good",
  options: (yargs) =>
    yargs
      .positional("run", {
        type: "string",
        array: true,
        describe: "Only these, as `list --deleted` shows them",
      })
      .option("older-than", {
        type: "string",
        requiresArg: true,
        describe: "In the trash for longer, such as 30d",
      })
      .option("yes", { type: "boolean", default: false, describe: "Do not ask" })
      .option("dry-run", { type: "boolean", default: false, describe: "Say what would go, remove nothing" })
      .example("$0 purge", "Empty the trash")
      .example("$0 purge --older-than 30d --yes", "For a nightly job"),

  async run(options, { print, output, now }) {
    const { run: refs = [], runs, yes, "older-than": olderThan, "dry-run": dryRun } = options;
    const deletedBefore = olderThan === undefined ? Number.POSITIVE_INFINITY : now() - ageOf(olderThan);
    const opened = await openForPurge(runs, dryRun, output);
    let { store } = opened;
    try {
      const named = runsMeant(refs, store.knownDeleted).map((id) => store.getDeletedRun(id));
      const all = refs.length > 0 ? named : store.listRuns({ deleted: true });
      const doomed = all.filter(({ deletedAt }) => deletedAt !== null && deletedAt < deletedBefore);
      if (doomed.length === 0) {
        print(
          olderThan === undefined
            ? "the trash is empty\n"
            : `nothing in the trash is older than ${olderThan}\n`,
        );
        return 0;
      }
      if (dryRun) {
        for (const { id, name } of doomed) print(`${id} ${plainText(name)}: would be removed for good\n`);
      }
      // Nobody can be asked twice.
      for (const { id, name } of doomed) {
        const people = store.studiesOf(id).reduce((sum, study) => sum + store.judges(study).length, 0);
        if (people > 0)
          output.warn(
            `${id} ${plainText(name)}: what ${people === 1 ? "a person" : `${people} people`} answered about it goes with it`,
          );
      }
      if (dryRun) return 0;
      if (!yes && !(await confirmed("purge", "remove", doomed, "for good"))) {
        output.info("nothing was removed");
        return 0;
      }
      const { cleanStudyFiles } = await import("../../report/judge/study-file.ts");
      if (opened.isFull) {
        for (const { id } of doomed) await removeFiles(runs, id);
        store.close();
        store = await openAgain(runs, output);
      }
      const before = await sizeOf(runs);
      for (const { id, name } of doomed) {
        await removeFiles(runs, id);
        store.deleteRun(id);
        print(`${id} ${plainText(name)}: removed\n`);
      }
      await cleanStudyFiles(runs, store.study);
      const obstacle = await shrink(store);
      if (obstacle !== null)
        output.warn(`${obstacle}: its file shrinks at the next purge, until then the room serves new runs`);
      output.info(
        `${formatBytes(Math.max(0, before - (await sizeOf(runs))))} freed in runs.db, beside the checkpoints`,
      );
      return 0;
    } finally {
      store.close();
    }
  },
};

/** For reading where the disk has not even the room that SQLite needs to open it for writing. */
async function openForPurge(
  runs: string,
  readonly: boolean,
  output: Output,
): Promise<{ readonly store: Store; readonly isFull: boolean }> {
  const { isFullDisk } = await import("../../store/full-disk.ts");
  try {
    return { store: await openExisting(runs, { readonly }, output), isFull: false };
  } catch (thrown) {
    if (readonly || !isFullDisk(thrown)) throw thrown;
    return { store: await openExisting(runs, { readonly: true }, output), isFull: true };
  }
}

/** Once the files of runs have made room. */
async function openAgain(runs: string, output: Output): Promise<Store> {
  const { isFullDisk } = await import("../../store/full-disk.ts");
  try {
    return await openExisting(runs, { readonly: false }, output);
  } catch (thrown) {
    if (!isFullDisk(thrown)) throw thrown;
    throw new UserError(
      `${runs}: the disk is full, and the files of the runs in the trash, which are gone, were too few to make room; remove something by hand, such as ${runs}/cache, whose images are prepared anew when they are needed, then purge again`,
      { cause: thrown },
    );
  }
}

/** What kept the database from it; null where nothing did. SQLite needs room for a second one meanwhile. */
async function shrink(store: Store): Promise<string | null> {
  const { isFullDisk } = await import("../../store/full-disk.ts");
  try {
    return store.shrink() ? null : "the database is in use";
  } catch (thrown) {
    if (!isFullDisk(thrown)) throw thrown;
    return "the disk has too little room to copy the database";
  }
}

/** Milliseconds. */
function ageOf(text: string): number {
  const [, count, unit] = /^(\d+(?:\.\d+)?)(h|d|w)$/.exec(text) ?? [];
  if (count === undefined)
    throw new UserError(
      `--older-than: expected hours, days or weeks such as 30d, got ${JSON.stringify(text)}`,
    );
  const hours = { h: 1, d: 24, w: 7 * 24 }[unit as "h" | "d" | "w"];
  return Number(count) * hours * 3_600_000;
}

/** Checkpoints and whatever else lies in the folder of the run, and what it logged on other machines. */
async function removeFiles(runs: string, id: string): Promise<void> {
  const { rm } = await import("node:fs/promises");
  const path = await import("node:path");
  if (!/^\w+$/.test(id)) throw new Error(`${id}: is no id of a run`);
  await rm(path.join(runs, id), { recursive: true, force: true });
  const { removeSpoolFiles } = await import("../../store/spool/spool-files.ts");
  removeSpoolFiles(runs, id);
}

async function sizeOf(runs: string): Promise<number> {
  const { stat } = await import("node:fs/promises");
  const { databasePath } = await import("../../store/open-database.ts");
  return (await stat(databasePath(runs))).size;
}
