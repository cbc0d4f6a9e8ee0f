// The pictures of a study beside the store, for the page of `hueristic serve`: runs/studies/<id>.json. Whose they are stands
// in the store alone, as of a page that is sent out.

import { existsSync, readdirSync, rmSync } from "node:fs";
import { readFile } from "node:fs/promises";
import path from "node:path";
import { messageOf, UserError } from "../../errors.ts";
import type { Study } from "../../store/study-rows.ts";
import { writeWhole } from "../../whole-file.ts";
import type { StudyPictures } from "./data.ts";

const folderOf = (runsFolder: string) => path.join(runsFolder, "studies");

const fileOf = (runsFolder: string, id: string) => path.join(folderOf(runsFolder), `${id}.json`);

/** Throws UserError where it cannot be written. */
export async function writeStudyFile(runsFolder: string, pictures: StudyPictures): Promise<void> {
  await writeWhole(fileOf(runsFolder, pictures.study), Buffer.from(JSON.stringify(pictures)));
}

export function hasStudyFile(runsFolder: string, id: string): boolean {
  return existsSync(fileOf(runsFolder, id));
}

/** With those pairs that the store still has. Throws UserError where the file cannot be read. */
export async function readStudyFile(runsFolder: string, study: Study): Promise<StudyPictures> {
  const file = fileOf(runsFolder, study.id);
  try {
    const pictures = JSON.parse(await readFile(file, "utf8")) as StudyPictures;
    const known = new Set(study.pairs.map(({ id }) => id));
    return { ...pictures, pairs: pictures.pairs.filter(({ id }) => known.has(id)) };
  } catch (thrown) {
    throw new UserError(`${file}: cannot be read: ${messageOf(thrown)}`);
  }
}

/** Removes those of studies that the store has no more. */
export function removeStudyFiles(runsFolder: string, isKnown: (id: string) => boolean): void {
  if (!existsSync(folderOf(runsFolder))) return;
  for (const name of readdirSync(folderOf(runsFolder))) {
    const [, id] = /^([a-z0-9]+)\.json$/.exec(name) ?? [];
    if (id !== undefined && !isKnown(id)) rmSync(fileOf(runsFolder, id), { force: true });
  }
}
