// A run as W&B has it that was trained offline: a folder that `wandb sync` takes.

import { existsSync } from "node:fs";
import { mkdir, open, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { UserError } from "../../errors.ts";
import type { RunRow } from "../../store/rows.ts";
import { makeWhole } from "../../whole-file.ts";
import { frameRecords } from "./frame-records.ts";
import { encodeRecord } from "./record-proto.ts";
import { isTagForWandb, type RecordSource, runRecords } from "./run-records.ts";

export type ExportedToWandb = {
  readonly folder: string;
  readonly values: number;
  readonly pictures: number;
  /** Of the file of records and of the pictures. */
  readonly bytes: number;
  /** What could not be written, a line each. */
  readonly notes: readonly string[];
};

/**
 * Throws UserError where the run is under way, where it is there already and not to be replaced, and where the folder cannot be
 * written.
 */
export async function exportToWandb(
  store: RecordSource,
  runId: string,
  {
    outFolder,
    project,
    replace,
  }: {
    readonly outFolder: string;
    readonly project: string;
    readonly replace: boolean;
  },
): Promise<ExportedToWandb> {
  const run = store.getRun(runId);
  if (run.status === "RUNNING" || run.status === "SCHEDULED")
    throw new UserError(`run ${runId}: is under way, and W&B takes a run once: export it when it has ended`);
  const folder = path.join(outFolder, offlineFolderName(run));
  const file = path.join(folder, `run-${runId}.wandb`);
  if (existsSync(file) && !replace)
    throw new UserError(`${folder}: has run ${runId} already; --force replaces it`);
  const counted = { values: 0, pictures: 0, bytes: 0 };

  async function* encoded(): AsyncGenerator<Uint8Array> {
    let num = 0;
    const save = async (picture: { readonly path: string; readonly bytes: Uint8Array }) => {
      const target = path.join(folder, "files", picture.path);
      await mkdir(path.dirname(target), { recursive: true });
      await writeFile(target, picture.bytes);
      counted.pictures++;
      counted.bytes += picture.bytes.length;
    };
    for await (const content of runRecords(store, runId, { project, save })) {
      if ("history" in content)
        counted.values += content.history.item.filter(({ key, valueJson }) => isValue(key, valueJson)).length;
      yield encodeRecord(++num, content);
    }
  }

  await makeWhole(file, async (temporary) => {
    // The marks that `wandb sync` left beside it go too: what is written now was not sent.
    const before = [file, `${file}.synced`, `${file}.syncstate`, path.join(folder, "files", "media")];
    for (const name of before) await rm(name, { recursive: true, force: true });
    const opened = await open(temporary, "w");
    try {
      for await (const piece of frameRecords(encoded())) {
        counted.bytes += piece.length;
        await opened.writeFile(piece);
      }
    } finally {
      await opened.close();
    }
  });
  const notes = run.tags
    .filter((tag) => !isTagForWandb(tag))
    .map((tag) => `tag ${JSON.stringify(tag)}: W&B takes 1 to 64 characters, left out`);
  return { folder, ...counted, notes };
}

/** A number of a series: no picture, which is an object, and nothing of W&B's own. */
function isValue(key: string, valueJson: string): boolean {
  return !key.startsWith("_") && !valueJson.startsWith("{");
}

/** As W&B names it, by when the run began, UTC: the same run is the same folder. */
function offlineFolderName({ id, createdAt }: RunRow): string {
  const digits = new Date(createdAt).toISOString().replaceAll(/[-:]/g, "");
  return `offline-run-${digits.slice(0, 8)}_${digits.slice(9, 15)}-${id}`;
}
