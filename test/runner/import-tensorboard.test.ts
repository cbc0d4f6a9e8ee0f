// hueristic import --from tensorboard: files of TensorBoard's own writer (test/golden/make_tensorboard.py), what this program exported,
// and files that are damaged.

import assert from "node:assert/strict";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { test } from "node:test";
import Database from "better-sqlite3";
import sharp from "sharp";
import { importTensorboard } from "../../src/runner/import/import-tensorboard.ts";
import { databasePath } from "../../src/store/open-database.ts";
import { openStore, type Store } from "../../src/store/open-store.ts";
import { callCli } from "../cli/call-cli.ts";
import { fillStore } from "../cli/run-cli.ts";
import { temporaryFolder } from "../temporary-folder.ts";

type Golden = {
  /** In base 64. */
  readonly file: string;
  readonly scalars: Record<string, [step: number, wallTime: number, value: string][]>;
};

const golden = JSON.parse(
  readFileSync(new URL("../golden/tensorboard.json", import.meta.url), "utf8"),
) as Golden;
const file = Buffer.from(golden.file, "base64");

function writeLog(folder: string, bytes: Uint8Array, name = "events.out.tfevents.1700000000.host.1.0"): void {
  mkdirSync(folder, { recursive: true });
  writeFileSync(path.join(folder, name), bytes);
}

function valuesOf(
  store: Store,
  id: string,
  name: string,
): [step: number, elapsedMs: number, value: number][] {
  const { step, elapsedMs, value } = store.series(id, name)!;
  return Array.from(step, (at, place) => [at, elapsedMs[place]!, value[place]!]);
}

test("a run of TensorBoard's own writer: numbers, pictures and settings, and what is not known is said", async (t) => {
  const cwd = temporaryFolder(t);
  writeLog(path.join(cwd, "theirs", "first"), file);
  const args = ["import", "--from", "tensorboard", "theirs"];
  const done = await callCli(args, { cwd });
  assert.equal(done.code, 0, done.stderr);
  const [, id] = /^run (\w+): theirs\/first, 7 values, 3 pictures, logged elsewhere\ncompare them:/.exec(
    done.stdout,
  )!;
  assert.match(done.stderr, /1 value at a step that was there already: the later ones count/);
  assert.match(done.stderr, /1 value of .* left out: neither numbers nor pictures/);
  const again = await callCli(args, { cwd });
  assert.match(again.stdout, new RegExp(`^run ${id}: theirs/first is here already\n`));

  const store = openStore(path.join(cwd, "runs"), { readonly: true });
  t.after(() => store.close());
  const run = store.getRun(id!);
  assert.deepEqual(
    [run.status, run.experiment.model.kind, run.experiment.dataset.kind],
    ["FINISHED", "elsewhere", "elsewhere"],
  );
  assert.equal(run.createdAt, 1_700_000_000_500);
  const names = { "Loss/train": "Loss/train", accuracy: "logged/accuracy", "val/psnr": "val/psnr" };
  for (const [tag, name] of Object.entries(names)) {
    // Their reader gives both values of a step; the later one is meant.
    const theirs = new Map(golden.scalars[tag]!.map((row) => [row[0], row]));
    assert.deepEqual(
      valuesOf(store, id!, name),
      [...theirs.values()].map(([step, at, value]) => [
        step,
        Math.round(at * 1000) - run.createdAt,
        Number(value.replace("inf", "Infinity")),
      ]),
      tag,
    );
  }
  const images = store.images(id!);
  assert.deepEqual(
    images.map(({ set, epoch, kind, imageId }) => [set, epoch, kind, imageId]),
    [
      ["val", 7, "colorized", "val/pictures#0"],
      ["val", 7, "colorized", "val/pictures#1"],
      ["val", 8, "colorized", "val/one"],
    ],
  );
  const levels = images.map(
    async ({ blobHash }) => (await sharp(store.blob(blobHash)!.bytes).raw().toBuffer())[0],
  );
  assert.deepEqual(await Promise.all(levels), [10, 200, 90]);
  const settings = store.events(id!).find(({ kind }) => kind === "hparams");
  assert.match(settings!.message, /"lr":0\.125/);
  assert.match(settings!.message, /"optimizer":"adam"/);

  const refused = await callCli(["run", "--resume", id!], { cwd });
  assert.equal(refused.code, 2, refused.stderr);
  const colored = await callCli(["export", id!, "--onnx", "a.onnx"], { cwd });
  assert.deepEqual([colored.code, /expected a checkpoint/.test(colored.stderr)], [2, true]);
  const report = await callCli(["report", id!, "--out", "r.html"], { cwd });
  assert.equal(report.code, 0, report.stderr);
  assert.match(
    readFileSync(path.join(cwd, "r.html"), "utf8"),
    /A network that is not known, trained elsewhere/,
  );
});

test("what was not imported to its end is not here already", async (t) => {
  const folder = temporaryFolder(t);
  const [runs, logs] = [path.join(folder, "runs"), path.join(folder, "logs")];
  writeLog(logs, file);
  const [first] = await importTensorboard(runs, logs, null);
  const database = new Database(databasePath(runs));
  database.exec("DELETE FROM scalars; UPDATE runs SET status = 'FAILED', error = 'the disk is full'");
  database.close();
  const [again] = await importTensorboard(runs, logs, null);
  assert.deepEqual([again!.already, again!.values], [null, 7]);
  assert.notEqual(again!.id, first!.id);
  assert.equal((await importTensorboard(runs, logs, null))[0]!.already, again!.id);
});

test("what is left of a damaged file is read, and that it is damaged is said", async (t) => {
  const cwd = temporaryFolder(t);
  const cut = file.subarray(0, file.length - 7);
  const flipped = Buffer.from(file);
  flipped[file.length - 5]! ^= 1;
  writeLog(path.join(cwd, "logs", "cut"), cut);
  writeLog(path.join(cwd, "logs", "flipped"), flipped);
  writeLog(path.join(cwd, "logs", "none"), Buffer.from("no events"));
  const { code, stdout, stderr } = await callCli(["import", "--from", "tensorboard", "logs", "--json"], {
    cwd,
  });
  assert.equal(code, 0, stderr);
  const imported = JSON.parse(stdout) as { name: string; values: number; problems: string[] }[];
  assert.deepEqual(
    imported.map(({ name, values }) => [name, values]),
    [
      ["logs/cut", 7],
      ["logs/flipped", 7],
      ["logs/none", 0],
    ],
  );
  assert.match(stderr, /cut\/.*ends in the middle of a record/);
  assert.match(stderr, /flipped\/.*the checksum of a record differs; \d+ events before it were read/);
  assert.match(stderr, /none\/.*ends in the middle of a record, .*; 0 events before it were read/);

  for (const [args, expected] of [
    [["nowhere"], /nowhere: expected a folder of TensorBoard's event files, which is not there/],
    [["a", "b"], /expected one folder of event files, got a b/],
    [["logs", "--as", "pix2pix"], /expected --from or --as, got both/],
  ] as const) {
    const refused = await callCli(["import", "--from", "tensorboard", ...args], { cwd });
    assert.equal(refused.code, 2);
    assert.match(refused.stderr, expected);
  }
});

test("what this program exported comes back at its steps and times, as float32", async (t) => {
  const cwd = temporaryFolder(t);
  const [id] = fillStore(path.join(cwd, "runs"), ["FAILED"]);
  const exported = await callCli(["export", id!, "--format", "tensorboard", "-o", "tb"], { cwd });
  assert.equal(exported.code, 0, exported.stderr);
  const { code, stdout, stderr } = await callCli(["import", "--from", "tensorboard", "tb", "--json"], {
    cwd,
  });
  assert.deepEqual([code, stderr], [0, ""]);
  const [back] = JSON.parse(stdout) as { id: string }[];
  const store = openStore(path.join(cwd, "runs"), { readonly: true });
  t.after(() => store.close());
  const shift = store.getRun(back!.id).createdAt - store.getRun(id!).createdAt;
  for (const { name } of store.allSeries(id!))
    assert.deepEqual(
      valuesOf(store, back!.id, name),
      valuesOf(store, id!, name).map(([step, elapsed, value]) => [step, elapsed - shift, Math.fround(value)]),
    );
});
