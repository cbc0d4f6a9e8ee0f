// One name in both forms of Unicode: é, and e with an accent.

import assert from "node:assert/strict";
import { mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { test } from "node:test";
import { globMatcher } from "../src/datasets/kinds/glob.ts";
import { knownName } from "../src/datasets/kinds/known-names.ts";
import { existingPath } from "../src/existing-path.ts";
import { loadExperiment } from "../src/experiment/load-experiment.ts";
import { findSweep, runsMeant } from "../src/runs/references.ts";
import { newRun, temporaryStore } from "./store/fixtures.ts";
import { temporaryFolder } from "./temporary-folder.ts";

const [composed, decomposed] = ["caf\u00e9", "cafe\u0301"];

test("runs are found by name, tag and file, and tags are not doubled", (t) => {
  const store = temporaryStore(t);
  const first = store.createRun(newRun({ name: decomposed, source: `./${decomposed}.yaml` }));
  first.finish("FINISHED");
  const second = store.createRun(newRun({ name: "other" }));
  second.finish("FINISHED");
  store.addTag(second.id, `${decomposed}-tag`);
  store.addTag(second.id, `${composed}-tag`);
  assert.equal(store.getRun(second.id).tags.filter((tag) => tag.endsWith("-tag")).length, 1);
  const meant = (ref: string) => runsMeant([ref], store.known);
  assert.deepEqual(meant(composed), [first.id]);
  assert.deepEqual(meant(`${composed}-tag`), [second.id]);
  assert.deepEqual(meant(`${composed}.yaml`), [first.id]);
  store.removeTag(second.id, `${composed}-tag`);
  assert.throws(() => meant(`${composed}-tag`), { name: "UserError" });
  store.saveSweep({ id: "s1", name: decomposed, definition: "{}" });
  assert.equal(findSweep(composed, store.listSweeps()).id, "s1");
});

test("files and folders on the disk are found", (t) => {
  const folder = temporaryFolder(t);
  mkdirSync(path.join(folder, decomposed));
  const file = path.join(folder, decomposed, `${decomposed}.yaml`);
  writeFileSync(file, "dataset: synthetic\n");
  assert.equal(existingPath(path.join(folder, composed, `${composed}.yaml`)), file);
  const absent = path.join(folder, composed, "absent.yaml");
  assert.equal(existingPath(absent), absent);
  assert.equal(loadExperiment(path.join(folder, composed, `${composed}.yaml`)).name, composed);
  const heir = path.join(folder, "heir.yaml");
  writeFileSync(heir, `extends: ${composed}/${composed}.yaml\ntrain: {epochs: 3}\n`);
  assert.equal(loadExperiment(heir).train.epochs, 3);
});

test("patterns and known names of data sets match", () => {
  assert.ok(globMatcher(`${composed}/*.jpg`)(`${decomposed}/a.jpg`));
  assert.ok(globMatcher(`${decomposed}/*.jpg`)(`${composed}/a.jpg`));
  assert.equal(knownName("dataset.categories", "category", composed, [decomposed]), decomposed);
});
