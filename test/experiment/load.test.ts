// Experiments from disk: what can be in the place of a file.

import assert from "node:assert/strict";
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { after, test } from "node:test";
import { referenceText } from "../../scripts/reference.ts";
import { loadExperiment } from "../../src/experiment/load-experiment.ts";
import { experimentJsonSchema, jsonSchemaText } from "../../src/experiment/schema/json-schema.ts";
import { problemsOf } from "./fixtures.ts";

const folder = mkdtempSync(path.join(tmpdir(), "hueristic-load-"));
after(() => rmSync(folder, { recursive: true }));
const file = (name: string) => path.join(folder, name);
const experiments = path.join(import.meta.dirname, "../../experiments");

writeFileSync(file("base.yaml"), "dataset: {kind: folder, root: photos}\n");
writeFileSync(file("child.yaml"), "extends: base.yaml\nmodel: beta\n");

test("a child takes its parent from the same folder", () => {
  const { name, dataset } = loadExperiment(file("child.yaml"), ["dataset.limit=40"]);
  assert.equal(name, "child");
  assert.deepEqual(dataset, {
    kind: "folder",
    root: file("photos"),
    include: [],
    exclude: [],
    split: null,
    labels: null,
    limit: 40,
    holdout: 0.1,
    seed: 1,
    greyscale: "drop",
  });
});

test("a file that is not there, with the one that was meant", () => {
  assert.deepEqual(
    problemsOf(() => loadExperiment(file("chlid.yaml"))),
    [`${file("chlid.yaml")}: expected an experiment file, got no such file, did you mean child.yaml?`],
  );
  assert.deepEqual(
    problemsOf(() => loadExperiment(file("child"))),
    [`${file("child")}: expected an experiment file, got no such file, did you mean child.yaml?`],
  );
  assert.deepEqual(
    problemsOf(() => loadExperiment(file("unlike.yaml"))),
    [
      `${file("unlike.yaml")}: expected an experiment file, got no such file (this folder has: base.yaml, child.yaml)`,
    ],
  );
  assert.deepEqual(
    problemsOf(() => loadExperiment(file("no/folder.yaml"))),
    [`${file("no/folder.yaml")}: expected an experiment file, got no such file`],
  );
  assert.deepEqual(
    problemsOf(() => loadExperiment(file("child.yaml/x.yaml"))),
    [`${file("child.yaml/x.yaml")}: expected an experiment file, got no such file`],
  );
});

test("a folder and a file of 10 MB", () => {
  assert.deepEqual(
    problemsOf(() => loadExperiment(folder)),
    [`${folder}: expected an experiment file, got a folder, name one of its files: base.yaml, child.yaml`],
  );
  const large = file("large.yml");
  writeFileSync(large, "model: beta\n");
  truncateSync(large, 10 * 2 ** 20);
  assert.deepEqual(
    problemsOf(() => loadExperiment(large)),
    [`${large}: expected an experiment of at most 256 kB, got a larger file`],
  );
  rmSync(large);
});

test("a parent that is a folder", () => {
  mkdirSync(file("parents"));
  writeFileSync(file("odd.yaml"), "extends: parents\n");
  assert.deepEqual(
    problemsOf(() => loadExperiment(file("odd.yaml"))),
    [`${file("odd.yaml")}:1: extends: expected an experiment file, got "parents", which is a folder`],
  );
  rmSync(file("odd.yaml"));
});

test("every experiment of this project is right and names its schema", () => {
  const isExperiment = (name: string) =>
    name.endsWith(".yaml") && !/^method:/m.test(readFileSync(path.join(experiments, name), "utf8"));
  const names = readdirSync(experiments).filter(isExperiment);
  assert.ok(names.length >= 4);
  for (const name of names) {
    const experiment = loadExperiment(path.join(experiments, name));
    assert.equal(experiment.name, name.replace(".yaml", ""));
    const text = readFileSync(path.join(experiments, name), "utf8");
    assert.match(text, /^# yaml-language-server: \$schema=schema\.json\n/);
  }
});

test("docs/reference.md is what `npm run schema` writes", () => {
  const written = readFileSync(path.join(experiments, "../docs/reference.md"), "utf8");
  assert.ok(written === referenceText(), "docs/reference.md is stale: run `npm run schema`");
});

test("docs/reference.md has every key of the schema", () => {
  const text = readFileSync(path.join(experiments, "../docs/reference.md"), "utf8");
  const named = new Set(
    [...text.matchAll(/`([\w.[\]…]+)(?:: \{(\w+): \w+\})?:?`/g)].flatMap(([, keys, told]) => [
      ...keys!.split(/[.[\]…]+/),
      told,
    ]),
  );
  const keysOf = (node: unknown): string[] => {
    if (typeof node !== "object" || node === null) return [];
    const own = "properties" in node ? Object.keys(node.properties as object) : [];
    return [...own, ...Object.values(node).flatMap(keysOf)];
  };
  assert.deepEqual(
    [...new Set(keysOf(experimentJsonSchema()))].filter((key) => !named.has(key)),
    [],
  );
});

test("experiments/schema.json is what `npm run schema` writes", () => {
  const written = readFileSync(path.join(experiments, "schema.json"), "utf8");
  assert.ok(written === jsonSchemaText(), "experiments/schema.json is stale: run `npm run schema`");
});

test("every field of the schema has a description", () => {
  const missing: string[] = [];
  const visit = (node: unknown, where: string) => {
    if (typeof node !== "object" || node === null) return;
    const { properties, anyOf } = node as { properties?: Record<string, object>; anyOf?: object[] };
    for (const [key, value] of Object.entries(properties ?? {})) {
      if (!("description" in value)) missing.push(`${where}${key}`);
      visit(value, `${where}${key}.`);
    }
    for (const option of anyOf ?? []) visit(option, where);
  };
  visit(JSON.parse(jsonSchemaText()), "");
  assert.deepEqual(missing, []);
});
