// hueristic data clean: what goes, what stays and why.

import assert from "node:assert/strict";
import { mkdirSync, readdirSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import path from "node:path";
import { type TestContext, test } from "node:test";
import { dataCleanCommand } from "../../src/cli/commands/data-clean.ts";
import { lockPath } from "../../src/datasets/cache/cache.ts";
import { answersFileName } from "../../src/datasets/cache/cache-entries.ts";
import { withLock } from "../../src/datasets/cache/lock.ts";
import { colorsOf, silent } from "../../src/output.ts";
import { allVectors } from "../../src/runner/embedding/vectors.ts";
import { openStore } from "../../src/store/open-store.ts";
import { folderConfig, prepare, writePictures } from "../datasets/pictures.ts";
import { newRun } from "../store/fixtures.ts";
import { temporaryFolder } from "../temporary-folder.ts";

const hour = 3_600_000;
const classifier = "c".repeat(64);

type Entry = {
  readonly name: string;
  readonly bytes: number;
  readonly removed: boolean;
  readonly reason: string;
};

async function clean(runs: string, { dryRun = false, later = hour } = {}): Promise<Entry[]> {
  let text = "";
  const context = {
    output: silent,
    print: (more: string) => {
      text += more;
    },
    printAll: async () => assert.fail(),
    colors: colorsOf({ isTTY: false }, {}),
    width: null,
    now: () => Date.now() + later,
    reportError: () => 1,
  };
  const options = { runs, debug: false, "dry-run": dryRun, json: true };
  assert.equal(await dataCleanCommand.run(options, context), 0);
  return JSON.parse(text).entries;
}

const verdicts = (entries: readonly Entry[]) =>
  Object.fromEntries(
    entries.map(({ name, removed, reason }) => [name, removed ? `removed: ${reason}` : reason]),
  );

/** Two caches, the first of which belongs to a run; their keys. */
async function fillRuns(t: TestContext) {
  const runs = temporaryFolder(t);
  const root = temporaryFolder(t);
  const cacheFolder = path.join(runs, "cache");
  await writePictures(root, 12);
  const needed = await prepare(t, folderConfig(root), cacheFolder, { size: 8 });
  const [neededKey] = readdirSync(cacheFolder);
  const other = await prepare(t, folderConfig(root), cacheFolder, { size: 9 });
  const otherKey = readdirSync(cacheFolder).find((name) => name !== neededKey);
  const store = openStore(runs);
  const { fingerprint, description, size, seen, unseen, ids } = needed;
  const images = [...seen].map((index) => ({ id: ids[index]!, set: "seen" as const }));
  const held = [...unseen].map((index) => ({ id: ids[index]!, set: "unseen" as const }));
  const row = { fingerprint, description, size, seenCount: seen.length, unseenCount: unseen.length };
  store.saveDataset(row, [...images, ...held], []);
  const teller = { description: "run k3v9x2mp, classes of 40", fingerprint: classifier };
  const run = store.createRun(newRun({ datasetFingerprint: fingerprint, teller }));
  run.finish("FINISHED");
  store.close();
  return { runs, cacheFolder, needed, other, neededKey: neededKey!, otherKey: otherKey! };
}

test("images that a run was measured on stay, too", async (t) => {
  const { runs, other, otherKey } = await fillRuns(t);
  assert.match(verdicts(await clean(runs, { dryRun: true }))[otherKey]!, /^removed/);
  const store = openStore(runs);
  const { fingerprint } = other;
  store.saveDataset({ fingerprint, description: "", size: 9, seenCount: 0, unseenCount: 0 }, [], []);
  const measured = { set: "faces", ofSet: {}, ofImages: {}, places: new Uint32Array() };
  store.saveEvaluation(store.getRun("latest").id, { step: 0, measured, fingerprint, series: [] });
  store.close();
  assert.equal(verdicts(await clean(runs, { dryRun: true }))[otherKey], "a run needs it");
});

test("what no run needs goes, after a dry run that only says so", async (t) => {
  const { runs, cacheFolder, needed, neededKey, otherKey } = await fillRuns(t);
  const lost = "0".repeat(32);
  mkdirSync(path.join(cacheFolder, `${lost}.tmp-1234`));
  writeFileSync(path.join(cacheFolder, `${lost}.tmp-1234/images.rgb`), "1234");
  writeFileSync(path.join(cacheFolder, `.embedding-${lost}.f32.0123abcd.77.tmp`), "12");
  writeFileSync(path.join(cacheFolder, `embedding-${lost}.f32`), "1");
  writeFileSync(path.join(cacheFolder, answersFileName(needed.fingerprint, classifier)), "1");
  writeFileSync(path.join(cacheFolder, "notes.txt"), "mine");
  const stale = lockPath(cacheFolder, "f".repeat(32));
  writeFileSync(stale, JSON.stringify({ pid: 1, host: "elsewhere", id: "x" }));
  utimesSync(stale, 1000, 1000);

  const before = readdirSync(cacheFolder).sort();
  const said = await clean(runs, { dryRun: true });
  assert.deepEqual(readdirSync(cacheFolder).sort(), before);
  assert.equal(said.find(({ name }) => name === `${lost}.tmp-1234`)!.bytes, 4);
  const expected = {
    [neededKey]: "a run needs it",
    [otherKey]: "removed: no run needs it",
    [`${lost}.tmp-1234`]: "removed: left by a process that died",
    [`.embedding-${lost}.f32.0123abcd.77.tmp`]: "removed: left by a process that died",
    [`embedding-${lost}.f32`]: "removed: no run needs it",
    [answersFileName(needed.fingerprint, classifier)]: "a run needs it",
    [path.basename(stale)]: "removed: held by nobody",
  };
  assert.deepEqual(verdicts(said), expected);
  assert.deepEqual(verdicts(await clean(runs)), expected);
  assert.deepEqual(
    readdirSync(cacheFolder).sort(),
    [neededKey, answersFileName(needed.fingerprint, classifier), "notes.txt"].sort(),
  );
  const into = new Uint8Array(8 * 8 * 3);
  needed.read([0], into);
});

test("what was used just now and what is being prepared stays", async (t) => {
  const { runs, cacheFolder, neededKey, otherKey } = await fillRuns(t);
  assert.deepEqual(verdicts(await clean(runs, { later: 0 })), {
    [neededKey]: "a run needs it",
    [otherKey]: "used just now",
  });
  await withLock(lockPath(cacheFolder, otherKey), {}, async () => {
    assert.deepEqual(verdicts(await clean(runs)), {
      [neededKey]: "a run needs it",
      [otherKey]: "being prepared",
      [`${otherKey}.lock`]: "being prepared",
    });
  });
});

test("a cache from before uses were noted is known by its images", async (t) => {
  const { runs, cacheFolder, needed, neededKey, otherKey } = await fillRuns(t);
  for (const key of [neededKey, otherKey]) {
    const folder = path.join(cacheFolder, key);
    for (const name of readdirSync(folder)) if (name.startsWith("used-by-")) rmSync(path.join(folder, name));
  }
  assert.equal(needed.size, 8);
  assert.deepEqual(verdicts(await clean(runs)), {
    [neededKey]: "a run has the same images",
    [otherKey]: "removed: no run needs it",
  });
});

test("without a store nothing is needed, without a cache there is nothing", async (t) => {
  const { runs, neededKey, otherKey } = await fillRuns(t);
  for (const name of readdirSync(runs)) if (name.startsWith("runs.db")) rmSync(path.join(runs, name));
  const gone = { [neededKey]: "removed: no run needs it", [otherKey]: "removed: no run needs it" };
  assert.deepEqual(verdicts(await clean(runs)), gone);
  assert.deepEqual(await clean(temporaryFolder(t)), []);
});

test("answers lie under the name that cleaning expects", async (t) => {
  const { runs, cacheFolder, needed } = await fillRuns(t);
  const asker = {
    size: 2,
    description: "one",
    fingerprint: classifier,
    network: null,
    ask: async () => new Float32Array(64),
    close: async () => {},
  };
  const { signal } = new AbortController();
  await allVectors(asker, { dataset: needed, runsFolder: runs, output: silent, signal });
  assert.ok(readdirSync(cacheFolder).includes(answersFileName(needed.fingerprint, classifier)));
});
