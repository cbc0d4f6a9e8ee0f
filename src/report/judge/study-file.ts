// The pictures of a study beside the store, for the page of `hueristic serve`: runs/studies/<id>.json. Whose they are stands
// in the store alone, as of a page that is sent out.

import { existsSync, rmSync } from "node:fs";
import { readFile } from "node:fs/promises";
import path from "node:path";
import { messageOf, UserError } from "../../errors.ts";
import { namesIfThere } from "../../folder-names.ts";
import type { Study } from "../../store/study-rows.ts";
import { writeWhole } from "../../whole-file.ts";
import type { StudyPictures } from "./data.ts";

const folderOf = (runsFolder: string) => path.join(runsFolder, "studies");

const fileOf = (runsFolder: string, id: string) => path.join(folderOf(runsFolder), `${id}.json`);

/** By practice pair: numbers of the networks that colored its pictures. The page has no such list, nor have older files. */
type StudyFile = StudyPictures & { readonly practiceNetworks?: readonly (readonly number[])[] };

/** Throws UserError where it cannot be written. */
export async function writeStudyFile(runsFolder: string, file: Required<StudyFile>): Promise<void> {
  await writeText(runsFolder, file);
}

export function hasStudyFile(runsFolder: string, id: string): boolean {
  return existsSync(fileOf(runsFolder, id));
}

/** With those pairs that the store still has. Throws UserError where the file cannot be read. */
export async function readStudyFile(runsFolder: string, study: Study): Promise<StudyPictures> {
  const { practiceNetworks: _, ...pictures } = ofStore(await readText(runsFolder, study.id), study);
  return pictures;
}

/**
 * Removes those of studies that the store has no more, and from the others the pictures of networks that are gone. Throws
 * UserError where a file cannot be read or written.
 */
export async function cleanStudyFiles(
  runsFolder: string,
  studyOf: (id: string) => Study | undefined,
): Promise<void> {
  for (const name of namesIfThere(folderOf(runsFolder))) {
    const [, id] = /^([a-z0-9]+)\.json$/.exec(name) ?? [];
    if (id === undefined) continue;
    const study = studyOf(id);
    if (study === undefined) rmSync(fileOf(runsFolder, id), { force: true });
    else if (study.pairs.length < study.pairsMade)
      await writeText(runsFolder, ofStore(await readText(runsFolder, id), study));
  }
}

/** The pairs of networks that the study still has; where nobody knows whose the practice pairs are, all of them or none. */
function ofStore(file: StudyFile, { networks, pairs, pairsMade }: Study): StudyFile {
  const known = new Set(pairs.map(({ id }) => id));
  const isThere = (number: number) => networks.some((network) => network.number === number);
  const { practiceNetworks } = file;
  const isKept = (_: unknown, at: number) => practiceNetworks![at]!.every(isThere);
  const practice =
    practiceNetworks === undefined
      ? { practice: pairs.length === pairsMade ? file.practice : [] }
      : {
          practice: file.practice.filter(isKept),
          practiceNetworks: practiceNetworks.filter(isKept),
        };
  return { ...file, ...practice, pairs: file.pairs.filter(({ id }) => known.has(id)) };
}

async function writeText(runsFolder: string, file: StudyFile): Promise<void> {
  await writeWhole(fileOf(runsFolder, file.study), Buffer.from(JSON.stringify(file)));
}

async function readText(runsFolder: string, id: string): Promise<StudyFile> {
  const file = fileOf(runsFolder, id);
  try {
    return JSON.parse(await readFile(file, "utf8")) as StudyFile;
  } catch (thrown) {
    throw new UserError(`${file}: cannot be read: ${messageOf(thrown)}`);
  }
}
