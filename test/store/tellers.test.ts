// The network that told a run what its pictures show: stored with the run, and read out of events once for older stores.

import assert from "node:assert/strict";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import Database from "better-sqlite3";
import { migrate } from "../../src/store/migrate.ts";
import { databasePath } from "../../src/store/open-database.ts";
import { openStore } from "../../src/store/open-store.ts";
import { migrations } from "../../src/store/schema.ts";
import { nameTellers } from "../../src/store/tellers.ts";
import { temporaryFolder } from "../temporary-folder.ts";
import { experiment, newRun, saveDataset, temporaryStore } from "./fixtures.ts";

test("a run keeps the network that told it", (t) => {
  const store = temporaryStore(t);
  saveDataset(store);
  const teller = { description: "mean.onnx, 3 numbers", fingerprint: "f".repeat(64) };
  assert.deepEqual(store.getRun(store.createRun(newRun({ teller })).id).teller, teller);
  assert.equal(store.getRun(store.createRun(newRun()).id).teller, null);
});

test("what only the message of an event said is read once; the last one counts", (t) => {
  const folder = join(temporaryFolder(t), "runs");
  mkdirSync(folder);
  const database = new Database(databasePath(folder));
  migrate(database, migrations.slice(0, migrations.indexOf(nameTellers)));
  database.exec("INSERT INTO datasets VALUES ('f', 'three images', 32, 2, 1)");
  const insertRun = database.prepare(
    `INSERT INTO runs (id, name, status, heartbeat_at, created_at, finished_at, engine, device, dataset_fingerprint,
       parameters, steps_per_epoch, experiment, provenance, experiment_version)
     VALUES (?, 'a run', 'FINISHED', 9000, 1000, 9000, 'onnx', 'cpu', 'f', 1, 2, ?, '{}', 3)`,
  );
  for (const id of ["aaaa1111", "bbbb2222"]) insertRun.run(id, JSON.stringify(experiment));
  const insertEvent = database.prepare("INSERT INTO events VALUES (NULL, 'aaaa1111', 1, 'info', ?, ?)");
  insertEvent.run("classifier", `run k3v9x2mp (the first), classes of 40 (${"0".repeat(64)})`);
  insertEvent.run("classifier", `run k3v9x2mp (the first), classes of 40 (${"1".repeat(64)})`);
  insertEvent.run("checkpoint", `step 2: a file (${"2".repeat(64)})`);
  database.close();
  const store = openStore(folder);
  t.after(() => store.close());
  assert.deepEqual(store.getRun("aaaa1111").teller, {
    description: "run k3v9x2mp (the first), classes of 40",
    fingerprint: "1".repeat(64),
  });
  assert.equal(store.getRun("bbbb2222").teller, null);
});
