// The pictures of a study beside the store, after a purge.

import assert from "node:assert/strict";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { test } from "node:test";
import {
  cleanStudyFiles,
  hasStudyFile,
  readStudyFile,
  writeStudyFile,
} from "../../src/report/judge/study-file.ts";
import { studyOf } from "../judge/study.ts";
import { temporaryFolder } from "../temporary-folder.ts";

const study = studyOf("real", [
  { network: 0, against: null, place: 0 },
  { network: 1, against: null, place: 0 },
  { network: null, against: null, place: 1 },
]);
const purged = {
  ...study,
  networks: study.networks.filter(({ number }) => number === 0),
  pairs: study.pairs.filter(({ network }) => network !== 1),
};
const picturesOf = (name: string): [string, string] => [`${name}a`, `${name}b`];
const practice = ["p0", "p1", "plain"].map((name) => ({ pictures: picturesOf(name), answer: 0 }) as const);
const pairs = study.pairs.map(({ id }) => ({ id, pictures: picturesOf(`pair${id}`) }));
const pictures = { study: "study1", question: "real", shownMs: 1000, practice, pairs } as const;

test("pictures of a purged network leave the file, those to practice with too, and the last network takes it along", async (t) => {
  const runs = temporaryFolder(t);
  await writeStudyFile(runs, { ...pictures, practiceNetworks: [[0], [1], []] });
  assert.deepEqual(await readStudyFile(runs, study), pictures);
  const left = { ...pictures, practice: [practice[0]!, practice[2]!], pairs: [pairs[0]!, pairs[2]!] };
  assert.deepEqual(await readStudyFile(runs, purged), left);

  await cleanStudyFiles(runs, () => study);
  assert.deepEqual(await readStudyFile(runs, study), pictures);
  await cleanStudyFiles(runs, () => purged);
  assert.deepEqual(await readStudyFile(runs, study), left);
  const text = readFileSync(path.join(runs, "studies/study1.json"), "utf8");
  for (const gone of ["p1a", "p1b", "pair2a"]) assert.ok(!text.includes(gone), gone);
  await cleanStudyFiles(runs, () => undefined);
  assert.equal(hasStudyFile(runs, "study1"), false);
});

test("of an older file nobody knows whose the practice pairs are", async (t) => {
  const runs = temporaryFolder(t);
  mkdirSync(path.join(runs, "studies"));
  writeFileSync(path.join(runs, "studies/study1.json"), JSON.stringify(pictures));
  assert.deepEqual(await readStudyFile(runs, study), pictures);
  assert.deepEqual((await readStudyFile(runs, purged)).practice, []);
});
