// What the machine is to blame for is no trial's failure: the sweep stops with one line and goes on when it is started
// again. With a disk that is really full, and a database that is really held.

import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { describe, it, type TestContext } from "node:test";
import Database from "better-sqlite3";
import { UserError } from "../../src/errors.ts";
import { databasePath } from "../../src/store/open-database.ts";
import { openStore } from "../../src/store/open-store.ts";
import { storeError } from "../../src/store/store-error.ts";
import { missingFiles } from "../../src/sweep/file/missing-files.ts";
import { machineFault } from "../../src/sweep/scheduling/machine-fault.ts";
import { callCli } from "../cli/call-cli.ts";
import { runCli } from "../cli/run-cli.ts";
import { emptyDisk, fillDisk, smallDisk } from "../small-disk.ts";
import { read } from "./fixtures.ts";

const base = `model: alpha
dataset: {kind: synthetic, count: 40}
image: {size: 16}
train: {epochs: 1, batch_size: 8}
samples: {every: 1, seen: 1, unseen: 1}
metrics: []
`;

function folderWith(test: TestContext): string {
  const folder = mkdtempSync(path.join(tmpdir(), "hueristic-fault-"));
  test.after(() => rmSync(folder, { recursive: true, force: true }));
  writeFileSync(path.join(folder, "base.yaml"), base);
  const sweep = "experiment: base.yaml\nmethod: grid\nparameters: {train.batch_size: {values: [4, 8]}}\n";
  writeFileSync(path.join(folder, "sweep.yaml"), sweep);
  return folder;
}

/** Runs are there; what is in them is not of interest. */
function trialsIn(runs: string) {
  const store = openStore(runs, { readonly: true });
  try {
    return store.trials(store.getSweep("latest").id).map(({ state, failures }) => [state, failures]);
  } finally {
    store.close();
  }
}

const done = [
  ["complete", 0],
  ["complete", 0],
];

describe("a fault of the machine", { skip: process.platform === "win32" }, () => {
  it("is a full disk: with room again the same command trains what is left, and nothing has failed", async (test) => {
    const disk = smallDisk(test);
    if (disk === null) return test.skip("no disk may be mounted here");
    const cwd = folderWith(test);
    const runs = path.join(disk, "runs");
    openStore(runs).close();
    const sweep = () => callCli(["sweep", "sweep.yaml", "--runs", runs, "--workers", "2"], { cwd });
    fillDisk(disk, 600_000);
    const full = await sweep();
    assert.equal(full.code, 2, full.stderr);
    assert.match(full.stderr, /^error: .*(disk is full|ENOSPC).*$/m);
    assert.equal(full.stderr.match(/^error: /gm)!.length, 1, full.stderr);
    emptyDisk(disk);
    const { code, stderr } = await sweep();
    assert.equal(code, 0, stderr);
    assert.deepEqual(trialsIn(runs), done);
  });

  it("is a database that another program holds", async (test) => {
    const cwd = folderWith(test);
    const runs = path.join(cwd, "runs");
    openStore(runs).close();
    const holder = new Database(databasePath(runs));
    holder.exec("BEGIN IMMEDIATE");
    const sweep = () => runCli(["sweep", "sweep.yaml"], { cwd });
    const { code, stderr } = await sweep();
    assert.equal(code, 2, stderr);
    assert.match(stderr, /^error: .*the database stayed locked; close the program that holds it open/m);
    holder.exec("ROLLBACK");
    holder.close();
    const again = await callCli(["sweep", "sweep.yaml"], { cwd });
    assert.equal(again.code, 0, again.stderr);
    assert.deepEqual(trialsIn(runs), done);
  });

  it("is known by the codes of the system and of SQLite, however deep", () => {
    const withCode = (code: string) => Object.assign(new Error("no space left on device"), { code });
    const full = storeError(new Database.SqliteError("database or disk is full", "SQLITE_FULL"), "runs.db");
    assert.match(machineFault(full)!.message, /^runs\.db: the disk is full/);
    const saving = new UserError("x: cannot write the checkpoint", { cause: withCode("ENOSPC") });
    assert.equal(machineFault(saving)!.message, "x: cannot write the checkpoint");
    for (const code of ["EIO", "EROFS", "EMFILE", "SQLITE_BUSY_SNAPSHOT", "SQLITE_IOERR_WRITE"])
      assert.notEqual(machineFault(withCode(code)), null, code);
    for (const thrown of [new UserError("no images"), withCode("ENOENT"), withCode("SQLITE_CONSTRAINT"), "x"])
      assert.equal(machineFault(thrown), null);
  });
});

describe("what a sweep needs of the disk", () => {
  it("is looked for before the first trial: folders and weights of every value", (test) => {
    const folder = folderWith(test);
    mkdirSync(path.join(folder, "there"));
    const text = `experiment: base.yaml
method: grid
parameters:
  dataset: {values: [{kind: folder, root: ${folder}/there}, {kind: folder, root: ${folder}/nowhere}]}
  evaluate.old: {value: {kind: folder, root: ${folder}/base.yaml}}
  metrics: {value: [psnr, {name: lpips, weights: ${folder}/lpips.onnx}]}
`;
    const { sweep, experiments } = read(text);
    assert.deepEqual(missingFiles(sweep, experiments), [
      `sweeps/demo.yaml:6: metrics[1].weights: expected a file, got ${folder}/lpips.onnx, which does not exist`,
      `sweeps/demo.yaml:5: evaluate.old.root: expected a folder, got ${folder}/base.yaml, which is a file`,
      `sweeps/demo.yaml:4: dataset.root: expected a folder, got ${folder}/nowhere, which does not exist`,
    ]);
  });

  it("stops the sweep with nothing trained", async (test) => {
    const cwd = folderWith(test);
    const { code, stderr } = await callCli(
      ["sweep", "base.yaml", "dataset={kind: folder, root: nowhere}", "seed=1,2"],
      { cwd },
    );
    assert.equal(code, 2);
    assert.equal(
      stderr,
      `error: command line: dataset.root: expected a folder, got ${cwd}/nowhere, which does not exist\n`,
    );
  });
});
